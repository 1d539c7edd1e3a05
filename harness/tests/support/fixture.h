/* A run built by hand: records, and what the store knows of the run beside them, for tests of what
 * is made of both. Texts may be replaced. */
#pragma once

#include "store/store.h"
#include "tests/support/records.h"

struct fixture {
    struct records records;
    struct run_info info;
};

void fixture_init(struct fixture *fixture);
void fixture_clear(struct fixture *fixture);

/* As a worker tells which malloc serves it. */
void fixture_set_identity(struct record *record);

/* Every text that can come from outside becomes this one, of the records that are there as well. */
void fixture_set_texts(struct fixture *fixture, const char *text);
