/* Many tests, one chance of error: Holm 1979, Scandinavian Journal of Statistics 6.
 *
 * Adjusted p-values may be held against alpha as if each were alone; the chance that any true null
 * hypothesis of the family falls is then at most alpha, however the tests depend on each other. */
#pragma once

#include <stddef.h>

/* adjusted[i] for p[i], in the order of p; adjusted may be p itself. */
void holm_adjust(const double *p, size_t count, double *adjusted);
