// SPDX-License-Identifier: GPL-3.0-or-later
// The inner loops of dense_lu.cpp, which includes this file once for each instruction set, in a
// namespace of its own and without any other header: no function that another file could share is
// ever compiled for more than the oldest processor. kLanes, kRowVectors and kColumns are set there.

/// kLanes numbers that are computed with at once; of any alignment.
typedef double Vector
    __attribute__((vector_size(kLanes * sizeof(double)), aligned(sizeof(double)), may_alias));

constexpr long kRows = kLanes * kRowVectors; ///< of a tile that is kept in registers

/// C −= A B for a tile of kRows by kColumns; of its last rows and columns only `rows` and `columns`
/// are stored, but A is read for all rows and B for its last column again.
static inline void tile(long rows, long columns, long depth, const double* a, long aStride,
                        const double* b, long bStride, double* c, long cStride) {
    Vector sums[kColumns][kRowVectors] = {};
    const double* bColumn[kColumns];
    for (long j = 0; j < kColumns; ++j) {
        bColumn[j] = b + (j < columns ? j : columns - 1) * bStride;
    }
    for (long k = 0; k < depth; ++k) {
        Vector left[kRowVectors];
        for (long i = 0; i < kRowVectors; ++i) {
            left[i] = *reinterpret_cast<const Vector*>(a + k * aStride + i * kLanes);
        }
        for (long j = 0; j < kColumns; ++j) {
            const double right = bColumn[j][k];
            for (long i = 0; i < kRowVectors; ++i) {
                sums[j][i] += left[i] * right;
            }
        }
    }
    if (rows >= kRows && columns >= kColumns) {
        for (long j = 0; j < kColumns; ++j) {
            for (long i = 0; i < kRowVectors; ++i) {
                *reinterpret_cast<Vector*>(c + j * cStride + i * kLanes) -= sums[j][i];
            }
        }
        return;
    }
    for (long j = 0; j < kColumns && j < columns; ++j) {
        for (long i = 0; i < kRows && i < rows; ++i) {
            c[j * cStride + i] -= sums[j][i / kLanes][i % kLanes];
        }
    }
}

/// C −= A B, column-major: A [rows, depth], B [depth, columns], all with the same stride. Reads up
/// to kRows − 1 numbers behind A's columns.
static void subtractProduct(long rows, long columns, long depth, const double* a, const double* b,
                            double* c, long stride) {
    constexpr long kDepth = 192; // so that a packed tile of A stays in the first-level cache
    double packed[kRows * kDepth];
    for (long from = 0; from < depth; from += kDepth) {
        const long deep = depth - from < kDepth ? depth - from : kDepth;
        for (long i = 0; i < rows; i += kRows) {
            const double* left = a + from * stride + i;
            long leftStride = stride;
            if (columns > 4 * kColumns) {
                for (long k = 0; k < deep; ++k) {
                    for (long r = 0; r < kRows; ++r) {
                        packed[k * kRows + r] = left[k * stride + r];
                    }
                }
                left = packed;
                leftStride = kRows;
            }
            for (long j = 0; j < columns; j += kColumns) {
                tile(rows - i, columns - j, deep, left, leftStride, b + j * stride + from, stride,
                     c + j * stride + i, stride);
            }
        }
    }
}

constexpr long kSmall = 8; ///< a multiple of kLanes

/// solveUnitLower() for size ≤ kSmall, by the inverse of L: a chain of dependent steps once instead
/// of one for each column.
static void solveSmallLower(long size, long columns, const double* l, double* b, long stride) {
    double inverse[kSmall * kSmall] = {};
    for (long j = 0; j < size; ++j) {
        inverse[j * kSmall + j] = 1.0;
        for (long i = j + 1; i < size; ++i) {
            double sum = 0.0;
            for (long k = j; k < i; ++k) {
                sum += l[k * stride + i] * inverse[j * kSmall + k];
            }
            inverse[j * kSmall + i] = -sum;
        }
    }
    for (long j = 0; j < columns; ++j) {
        double* column = b + j * stride;
        Vector sums[kSmall / kLanes] = {};
        for (long k = 0; k < size; ++k) {
            const double right = column[k];
            for (long i = 0; i < kSmall / kLanes; ++i) {
                sums[i] +=
                    *reinterpret_cast<const Vector*>(inverse + k * kSmall + i * kLanes) * right;
            }
        }
        for (long i = 0; i < size; ++i) {
            column[i] = sums[i / kLanes][i % kLanes];
        }
    }
}

/// Overwrites B [size, columns] by L⁻¹ B, L unit lower triangular in the left lower half of `l`.
static void solveUnitLower(long size, long columns, const double* l, double* b, long stride) {
    if (size <= kSmall) {
        solveSmallLower(size, columns, l, b, stride);
        return;
    }
    const long top = (size / 2 + kSmall - 1) / kSmall * kSmall;
    solveUnitLower(top, columns, l, b, stride);
    subtractProduct(size - top, columns, top, l + top, b, b + top, stride);
    solveUnitLower(size - top, columns, l + top * stride + top, b + top, stride);
}

/// Exchanges rows k and pivots[k] of `columns` columns, k = 0 … count − 1 in this order.
static void swapRows(long columns, long count, const long* pivots, double* a, long stride) {
    for (long j = 0; j < columns; ++j) {
        double* column = a + j * stride;
        for (long k = 0; k < count; ++k) {
            const double other = column[pivots[k]];
            column[pivots[k]] = column[k];
            column[k] = other;
        }
    }
}

/// The first index in [from, to) of the number of largest size; `from` where all are 0 or NaN.
static long largestOf(long from, long to, const double* values) {
    Vector most = {};
    long i = from;
    for (; i + kLanes <= to; i += kLanes) {
        const Vector value = *reinterpret_cast<const Vector*>(values + i);
        const Vector size = value < 0.0 ? -value : value;
        most = size > most ? size : most;
    }
    double largest = 0.0;
    for (long lane = 0; lane < kLanes; ++lane) {
        largest = most[lane] > largest ? most[lane] : largest;
    }
    for (; i < to; ++i) {
        const double size = values[i] < 0.0 ? -values[i] : values[i];
        largest = size > largest ? size : largest;
    }
    for (i = from; i < to; ++i) {
        if (values[i] == largest || values[i] == -largest) {
            return i;
        }
    }
    return from;
}

/// Factorizes A [rows, columns], rows ≥ columns, column by column.
static void factorizeNarrow(long rows, long columns, double* a, long stride, long* pivots) {
    for (long k = 0; k < columns; ++k) {
        double* column = a + k * stride;
        const long pivot = largestOf(k, rows, column);
        pivots[k] = pivot;
        for (long j = 0; j < columns; ++j) {
            const double other = a[j * stride + pivot];
            a[j * stride + pivot] = a[j * stride + k];
            a[j * stride + k] = other;
        }
        if (column[k] != 0.0) {
            const double inverse = 1.0 / column[k];
            for (long i = k + 1; i < rows; ++i) {
                column[i] *= inverse;
            }
        }
        for (long j = k + 1; j < columns; ++j) {
            double* right = a + j * stride;
            const double factor = right[k];
            for (long i = k + 1; i < rows; ++i) {
                right[i] -= column[i] * factor;
            }
        }
    }
}

/// P A = L U in place, A [rows, columns], rows ≥ columns: the left half of the columns, then the
/// right one, so that nearly all of the work is matrix products (S. Toledo 1997).
static void factorize(long rows, long columns, double* a, long stride, long* pivots) {
    constexpr long kNarrow = 8;
    if (columns <= kNarrow) {
        factorizeNarrow(rows, columns, a, stride, pivots);
        return;
    }
    const long left = (columns / 2 + kNarrow - 1) / kNarrow * kNarrow;
    const long right = columns - left;
    double* top = a + left * stride;
    factorize(rows, left, a, stride, pivots);
    swapRows(right, left, pivots, top, stride);
    solveUnitLower(left, right, a, top, stride);
    subtractProduct(rows - left, right, left, a + left, top, top + left, stride);
    factorize(rows - left, right, top + left, stride, pivots + left);
    swapRows(left, right, pivots + left, a + left, stride);
    for (long k = left; k < columns; ++k) {
        pivots[k] += left;
    }
}
