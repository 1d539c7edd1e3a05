/* Answers of scipy and R, made once by fixtures/stats/make.py. */
#pragma once

#include <jansson.h>
#include <stddef.h>

/* The cases of one section; the caller's to json_decref. Fails the running test if there are none.
 */
json_t *golden_load(const char *section);

/* Copies a case's array of numbers; returns how many. */
size_t golden_numbers(const json_t *item, const char *key, double *numbers, size_t most);

/* A case's number; for null or nothing, `absent`. */
double golden_number(const json_t *item, const char *key, double absent);
