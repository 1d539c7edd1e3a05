#include "stats/hodges_lehmann.h"

#include "base/cleanup.h"
#include "base/text.h"
#include "stats/sorted.h"

double *hodges_lehmann_differences(const double *x, size_t n, const double *y, size_t m)
{
    double *differences = text_allocate(n * m * sizeof *differences);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < m; j++) {
            differences[i * m + j] = y[j] - x[i];
        }
    }
    sorted_sort(differences, n * m);
    return differences;
}

double *hodges_lehmann_walsh(const double *d, size_t n)
{
    size_t count = n * (n + 1) / 2;
    double *averages = text_allocate(count * sizeof *averages);
    double *next = averages;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = i; j < n; j++) {
            *next++ = (d[i] + d[j]) / 2;
        }
    }
    sorted_sort(averages, count);
    return averages;
}

double hodges_lehmann_shift(const double *x, size_t n, const double *y, size_t m)
{
    cleanup_free double *differences = hodges_lehmann_differences(x, n, y, m);
    return sorted_median(differences, n * m);
}

double hodges_lehmann_location(const double *d, size_t n)
{
    cleanup_free double *averages = hodges_lehmann_walsh(d, n);
    return sorted_median(averages, n * (n + 1) / 2);
}
