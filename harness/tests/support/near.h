/* Fails the running test unless two numbers are equal but for rounding, and shows both. Two that
 * are infinite alike, or both absent, are equal. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

static inline void near_check(double value, double wanted, double tolerance, const char *file,
                              int line)
{
    double allowed = tolerance * fmax(1, fabs(wanted));
    if (value == wanted || (isnan(value) && isnan(wanted)) || fabs(value - wanted) <= allowed) {
        return;
    }
    print_error("%.17g should be %.17g\n", value, wanted);
    _fail(file, line);
}

#define assert_near(value, wanted) near_check(value, wanted, 1e-9, __FILE__, __LINE__)
#define assert_within(value, wanted, tolerance)                                                    \
    near_check(value, wanted, tolerance, __FILE__, __LINE__)
