"""From ntuples to tables of selected events: reading, objects, selection, features, skims.

`dataset` is the way to the events of a profile for everything above. Kinematics, objects, selection
and features work on arrays and know no files. Imports `data` and `stats`.
"""
