"""A progress bar for loads: `load_units(..., progress=True)`."""

from __future__ import annotations

from typing import Any


class Bar:
    """Shows how many rows were read, in a terminal or a notebook, with tqdm."""

    def __init__(self) -> None:
        try:
            from tqdm.auto import tqdm  # type: ignore[import-untyped]
        except ImportError as error:
            raise ImportError("a progress bar needs tqdm: pip install seriatim[progress]") from error
        self._bar: Any = tqdm(unit="rows", unit_scale=True)

    def __call__(self, rows: int, total: int | None) -> None:
        """Move the bar to `rows` of `total`, which is None where the input does not say."""
        self._bar.total = total
        self._bar.update(rows - self._bar.n)
        if rows == total:
            self._bar.close()
