"""A linear program in the words of its rows, solved by HiGHS (SciPy)."""

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_matrix

INF = float("inf")


class Model:
    """max Σ value · x under low ≤ rows ≤ high. Variables and rows come in vectors, one entry a period (or block, or month)."""

    def __init__(self):
        self.low, self.high, self.value = [], [], []
        self.rows, self.columns, self.coefficients = [], [], []
        self.row_low, self.row_high = [], []

    def variables(self, count, value=0.0, low=0.0, high=INF):
        first = len(self.low)
        self.low += list(np.broadcast_to(np.asarray(low, float), count))
        self.high += list(np.broadcast_to(np.asarray(high, float), count))
        self.value += list(np.broadcast_to(np.asarray(value, float), count))
        return np.arange(first, first + count)

    def constrain(self, terms, low=-INF, high=INF):
        """low ≤ Σ coefficient · x ≤ high, a row for every entry; `terms` are pairs (coefficient, indices)."""
        count = len(terms[0][1])
        first = len(self.row_low)
        for coefficient, indices in terms:
            self.rows.append(np.arange(first, first + count))
            self.columns.append(np.asarray(indices))
            self.coefficients.append(np.broadcast_to(np.asarray(coefficient, float), count))
        self.row_low += list(np.broadcast_to(np.asarray(low, float), count))
        self.row_high += list(np.broadcast_to(np.asarray(high, float), count))

    def solve(self):
        shape = (len(self.row_low), len(self.low))
        matrix = coo_matrix(
            (np.concatenate(self.coefficients), (np.concatenate(self.rows), np.concatenate(self.columns))), shape=shape
        ).tocsr()
        answer = milp(
            -np.asarray(self.value),
            constraints=LinearConstraint(matrix, self.row_low, self.row_high),
            bounds=Bounds(self.low, self.high),
        )
        if answer.status != 0:
            raise RuntimeError(f"no optimum: {answer.message}")
        return answer.x
