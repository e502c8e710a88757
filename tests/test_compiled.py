"""Loops in machine code where no folder can keep it."""

import numba

from lepsearch.compiled import compiled


def test_without_a_folder_to_write_to_kernels_are_compiled_in_memory(monkeypatch, caplog):
    real = numba.njit

    def no_folder(function, *, cache=False, **options):
        if cache:
            msg = "cannot cache function: no locator available"
            raise RuntimeError(msg)
        return real(function, **options)

    monkeypatch.setattr(numba, "njit", no_folder)
    kernel = compiled(lambda x: x + 1)
    assert kernel(1) == 2
    assert "NUMBA_CACHE_DIR" in caplog.text
