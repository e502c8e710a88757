"""The book: chapters, their execution, the numbers in their text, their checks, the pages.

Imports whatever a page needs; nothing but the command line imports it, and chapters, for `report`.
"""
