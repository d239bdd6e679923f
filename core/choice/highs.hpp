// SPDX-License-Identifier: GPL-3.0-or-later
// The functions of HiGHS (libhighs, MIT) that Psephos calls, as its C interface has them. The wheel
// that brings the library brings no headers. Only linear_program.cpp includes this file.
#pragma once

extern "C" {

/// HiGHS's integer, as the wheels are built.
using HighsInt = int;

void* Highs_create();
void Highs_destroy(void* highs);

/// Answer −1 on an error, 0, or 1 with a warning.
HighsInt Highs_setBoolOptionValue(void* highs, const char* option, HighsInt value);
HighsInt Highs_setIntOptionValue(void* highs, const char* option, HighsInt value);
HighsInt Highs_setDoubleOptionValue(void* highs, const char* option, double value);
HighsInt Highs_setStringOptionValue(void* highs, const char* option, const char* value);

/// Hands over a model; format 1: by columns, 2: by rows; sense 1: minimise, −1: maximise.
HighsInt Highs_passLp(void* highs, HighsInt columns, HighsInt rows, HighsInt nonzeros,
                      HighsInt format, HighsInt sense, double offset, const double* columnCost,
                      const double* columnLower, const double* columnUpper, const double* rowLower,
                      const double* rowUpper, const HighsInt* starts, const HighsInt* indices,
                      const double* values);
HighsInt Highs_run(void* highs);

/// 7: optimal, 8: infeasible, 9: infeasible or unbounded, 10: unbounded.
HighsInt Highs_getModelStatus(const void* highs);
double Highs_getObjectiveValue(const void* highs);
HighsInt Highs_getSolution(const void* highs, double* columnValue, double* columnDual,
                           double* rowValue, double* rowDual);
}
