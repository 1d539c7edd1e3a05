/* Memory for the copy of the worker that counts: tables and stacks that come from mmap alone, since
 * malloc's locks may be held for ever there. Running out of it ends the process. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HASH_EXIT_NO_MEMORY = 3 };

/* Zeroed; never NULL. */
void *hash_grab(size_t size);

/* A number for each of many addresses. */
struct hash {
    uint64_t *keys; /* 0: free */
    int64_t *values;
    size_t size, count; /* size: 0 or a power of two */
};

/* The number of an address, to be read and changed until the next insertion; a new one is 0.
 * `is_new` may be NULL. */
int64_t *hash_insert(struct hash *hash, const void *address, bool *is_new);
/* NULL if the address is not there. */
int64_t *hash_find(const struct hash *hash, const void *address);

struct stack {
    void **items;
    size_t size, count;
};

void stack_push(struct stack *stack, void *item);
/* NULL when it is empty. */
void *stack_pop(struct stack *stack);
