/* The numbers of claims, read and printed: decimal digits, with a point or without, and for bytes a
 * unit. claim.h has the grammar.
 *
 * Units are powers of two, so a number loses nothing by them: what is printed is read as the same
 * double. */
#pragma once

#include <stdbool.h>

#include "measure/metric.h"

struct claim_scanner;

/* Reads the digits here; the blanks behind them are left. */
int claim_number_read(struct claim_scanner *scanner, double *number);

/* Reads a unit, if one stands here, and multiplies the bound by it. Only bytes have any. */
int claim_number_read_unit(struct claim_scanner *scanner, enum metric metric, double *bound);

/* The shortest decimal that is read as this number, or NULL if it has too many digits. The caller
 * frees it. */
char *claim_number_print(double number);

/* In the unit that makes it shortest; of two, in the larger one that does not make it less than 1.
 * The caller frees it. */
char *claim_number_print_bound(double bound, bool is_bytes);
