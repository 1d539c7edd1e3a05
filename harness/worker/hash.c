#include "worker/hash.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { SIZE_LEAST = 1 << 12 };

void *hash_grab(size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) {
        _exit(HASH_EXIT_NO_MEMORY);
    }
    return memory;
}

/* Where the key is or belongs. Addresses of objects are multiples of 16 or 8. */
static size_t slot_of(const struct hash *hash, uint64_t key)
{
    size_t at = (size_t)((key >> 3) * 0x9e3779b97f4a7c15u >> 20) & (hash->size - 1);
    while (hash->keys[at] != 0 && hash->keys[at] != key) {
        at = (at + 1) & (hash->size - 1);
    }
    return at;
}

static void grow(struct hash *hash)
{
    struct hash old = *hash;
    hash->size = old.size ? 2 * old.size : SIZE_LEAST;
    hash->keys = hash_grab(hash->size * sizeof *hash->keys);
    hash->values = hash_grab(hash->size * sizeof *hash->values);
    for (size_t i = 0; i < old.size; i++) {
        if (old.keys[i] != 0) {
            size_t at = slot_of(hash, old.keys[i]);
            hash->keys[at] = old.keys[i];
            hash->values[at] = old.values[i];
        }
    }
    if (old.size) {
        munmap(old.keys, old.size * sizeof *old.keys);
        munmap(old.values, old.size * sizeof *old.values);
    }
}

int64_t *hash_insert(struct hash *hash, const void *address, bool *is_new)
{
    if (2 * (hash->count + 1) > hash->size) {
        grow(hash);
    }
    uint64_t key = (uint64_t)(uintptr_t)address;
    size_t at = slot_of(hash, key);
    bool is_free = hash->keys[at] == 0;
    if (is_free) {
        hash->keys[at] = key;
        hash->count++;
    }
    if (is_new) {
        *is_new = is_free;
    }
    return &hash->values[at];
}

int64_t *hash_find(const struct hash *hash, const void *address)
{
    uint64_t key = (uint64_t)(uintptr_t)address;
    size_t at = hash->size ? slot_of(hash, key) : 0;
    return hash->size && hash->keys[at] == key ? &hash->values[at] : NULL;
}

void stack_push(struct stack *stack, void *item)
{
    if (stack->count == stack->size) {
        size_t size = stack->size ? 2 * stack->size : SIZE_LEAST;
        void **items = hash_grab(size * sizeof *items);
        if (stack->size) {
            memcpy(items, stack->items, stack->size * sizeof *items);
            munmap(stack->items, stack->size * sizeof *items);
        }
        stack->items = items;
        stack->size = size;
    }
    stack->items[stack->count++] = item;
}

void *stack_pop(struct stack *stack)
{
    return stack->count ? stack->items[--stack->count] : NULL;
}
