#include "inspect/typed_census.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/text.h"
#include "inspect/inspect.h"
#include "inspect/mirror.h"
#include "inspect/ptmalloc.h"
#include "inspect/pymalloc.h"
#include "inspect/runtime.h"
#include "measure/cpython.h"

enum {
    OBJECT_VIEW = 80, /* from an object on; all fields that are read lie in it */
    LIST_MOST = 1 << 28,
    TYPE_SIZE_MOST = 1 << 20, /* basic sizes above are no type's */
};

/* Above it a number at the beginning of a block is an address and no count of references. */
static const uint64_t most_references = 1ull << 32;

struct reader {
    struct typed_census *census;
    struct image *image;   /* for what is constant: names */
    struct mirror *mirror; /* for all that is written */
    uint64_t type_type;    /* address of PyType_Type */
    /* From a type's address to its index; what is none is there, too. */
    uint64_t *keys;
    uint32_t *indices;
    size_t size, used;
};

enum { NO_TYPE = UINT32_MAX };

static uint64_t word(const uint8_t *bytes, size_t offset)
{
    uint64_t value;
    memcpy(&value, bytes + offset, sizeof value);
    return value;
}

static uint64_t magnitude(uint64_t number)
{
    return (int64_t)number < 0 ? 0 - number : number;
}

/* ---- types ---- */

/* A type's type is type, or a metaclass, whose type is. */
static bool is_type(struct mirror *mirror, uint64_t type_type, uint64_t address)
{
    if (address == 0 || address % 8 != 0) {
        return false;
    }
    uint64_t of = mirror_word(mirror, address + CPYTHON_OBJECT_TYPE);
    if (of != type_type && (of == 0 || of % 8 != 0 ||
                            !(mirror_word(mirror, of + CPYTHON_TYPE_FLAGS) & CPYTHON_FLAG_TYPE))) {
        return false;
    }
    uint64_t basic = mirror_word(mirror, address + CPYTHON_TYPE_BASICSIZE);
    return (mirror_word(mirror, address + CPYTHON_TYPE_FLAGS) & CPYTHON_FLAG_READY) &&
           basic >= CPYTHON_OBJECT && basic < TYPE_SIZE_MOST;
}

static uint64_t keys_size(struct mirror *mirror, uint64_t keys)
{
    const uint8_t *head = keys ? mirror_view(mirror, keys, CPYTHON_KEYS) : NULL;
    if (!head) {
        return 0;
    }
    uint64_t entry = head[CPYTHON_KEYS_KIND] == 0 ? 24 : 16; /* with the hash, or without */
    uint64_t slots = 1ull << (head[CPYTHON_KEYS_LOG2_SIZE] & 63);
    return CPYTHON_KEYS + (1ull << (head[CPYTHON_KEYS_LOG2_INDEX_BYTES] & 63)) +
           slots * 2 / 3 * entry;
}

/* Room for values with these shared keys. */
static uint64_t shared_size(struct mirror *mirror, uint64_t keys)
{
    return 8 * (mirror_word(mirror, keys + CPYTHON_KEYS_USABLE) +
                mirror_word(mirror, keys + CPYTHON_KEYS_ENTRIES));
}

static void read_name(struct image *image, uint64_t address, char *name, size_t size)
{
    size_t length = 0;
    for (; length + 1 < size; length++) {
        const char *at = image_view(image, address + length, 1);
        if (!at || *at == '\0') {
            break;
        }
        name[length] = *at;
    }
    name[length] = '\0';
}

static uint32_t add_type(struct reader *reader, uint64_t address)
{
    struct typed_census *census = reader->census;
    struct mirror *mirror = reader->mirror;
    census->types = text_grow(census->types, census->type_count + 1, sizeof *census->types);
    struct typed *type = &census->types[census->type_count];
    *type = (struct typed){.address = address,
                           .flags = mirror_word(mirror, address + CPYTHON_TYPE_FLAGS),
                           .basic_size = mirror_word(mirror, address + CPYTHON_TYPE_BASICSIZE),
                           .item_size = mirror_word(mirror, address + CPYTHON_TYPE_ITEMSIZE)};
    read_name(reader->image, mirror_word(mirror, address + CPYTHON_TYPE_NAME), type->name,
              sizeof type->name);
    if (type->flags & CPYTHON_FLAG_MANAGED_DICT) {
        type->values_size =
            shared_size(mirror, mirror_word(mirror, address + CPYTHON_TYPE_CACHED_KEYS));
    }
    return (uint32_t)census->type_count++;
}

static size_t slot_of(const struct reader *reader, uint64_t key)
{
    size_t at = (size_t)((key >> 3) * 0x9e3779b97f4a7c15u >> 24) & (reader->size - 1);
    while (reader->keys[at] != 0 && reader->keys[at] != key) {
        at = (at + 1) & (reader->size - 1);
    }
    return at;
}

static void grow(struct reader *reader)
{
    struct reader old = *reader;
    reader->size = old.size ? 2 * old.size : 4096;
    reader->keys = calloc(reader->size, sizeof *reader->keys);
    reader->indices = text_allocate(reader->size * sizeof *reader->indices);
    for (size_t i = 0; i < old.size; i++) {
        if (old.keys[i] != 0) {
            size_t at = slot_of(reader, old.keys[i]);
            reader->keys[at] = old.keys[i];
            reader->indices[at] = old.indices[i];
        }
    }
    free(old.keys);
    free(old.indices);
}

/* The type at an address, or NULL. Valid until the next call. */
static struct typed *find_type(struct reader *reader, uint64_t address)
{
    if (address == 0 || address % 8 != 0) {
        return NULL;
    }
    if (2 * (reader->used + 1) > reader->size) {
        grow(reader);
    }
    size_t at = slot_of(reader, address);
    if (reader->keys[at] == 0) {
        bool is = is_type(reader->mirror, reader->type_type, address);
        reader->keys[at] = address;
        reader->indices[at] = is ? add_type(reader, address) : NO_TYPE;
        reader->used++;
    }
    uint32_t index = reader->indices[at];
    return index == NO_TYPE ? NULL : &reader->census->types[index];
}

/* ---- sizes ---- */

static uint64_t str_size(const uint8_t *object)
{
    uint64_t length = word(object, CPYTHON_STR_LENGTH), state = word(object, CPYTHON_STR_STATE);
    uint64_t kind = state >> CPYTHON_STR_KIND_SHIFT & 7;
    if ((state & CPYTHON_STR_IS_ASCII) && (state & CPYTHON_STR_IS_COMPACT)) {
        return CPYTHON_STR_ASCII + length + 1;
    }
    uint64_t head = state & CPYTHON_STR_IS_COMPACT ? CPYTHON_STR_COMPACT : CPYTHON_STR;
    uint64_t utf8 = word(object, CPYTHON_STR_UTF8);
    return head + (length + 1) * kind + (utf8 ? word(object, CPYTHON_STR_UTF8 - 8) + 1 : 0);
}

static uint64_t dict_size(struct mirror *mirror, const uint8_t *object, uint64_t basic)
{
    uint64_t keys = word(object, CPYTHON_DICT_KEYS);
    uint64_t size = basic;
    if (word(object, CPYTHON_DICT_VALUES) != 0) {
        size += shared_size(mirror, keys);
    }
    return mirror_word(mirror, keys) == 1 ? size + keys_size(mirror, keys) : size;
}

static bool is_named(const struct typed *type, const char *name)
{
    return strcmp(type->name, name) == 0;
}

/* Without what stands before the object. `object` holds OBJECT_VIEW bytes of it. */
static uint64_t own_size(struct mirror *mirror, const struct typed *type, const uint8_t *object,
                         uint64_t address)
{
    uint64_t items = magnitude(word(object, CPYTHON_OBJECT_SIZE));
    if (type->flags & CPYTHON_FLAG_STR) {
        return str_size(object);
    }
    if (type->flags & CPYTHON_FLAG_DICT) {
        return dict_size(mirror, object, type->basic_size);
    }
    if (type->flags & CPYTHON_FLAG_LIST) {
        return type->basic_size + 8 * word(object, CPYTHON_LIST_ALLOCATED);
    }
    if (type->flags & CPYTHON_FLAG_LONG) {
        return 24 + 4 * (items > 0 ? items : 1);
    }
    if (type->flags & CPYTHON_FLAG_TYPE) {
        uint64_t keys = mirror_word(mirror, address + CPYTHON_TYPE_CACHED_KEYS);
        bool is_heap = mirror_word(mirror, address + CPYTHON_TYPE_FLAGS) & CPYTHON_FLAG_HEAP_TYPE;
        return is_heap ? CPYTHON_HEAP_TYPE + keys_size(mirror, keys) : CPYTHON_TYPE;
    }
    if (is_named(type, "set") || is_named(type, "frozenset")) {
        bool is_apart = word(object, CPYTHON_SET_TABLE) != address + CPYTHON_SET_SMALLTABLE;
        return type->basic_size + (is_apart ? 16 * (word(object, CPYTHON_SET_MASK) + 1) : 0);
    }
    if (is_named(type, "bytearray")) {
        return type->basic_size + word(object, CPYTHON_BYTEARRAY_ALLOC);
    }
    return type->basic_size + (type->item_size ? items * type->item_size : 0);
}

static uint64_t head_size(const struct typed *type)
{
    return (type->flags & CPYTHON_FLAG_GC ? CPYTHON_GC_HEAD : 0) +
           (type->flags & CPYTHON_FLAG_MANAGED_DICT ? CPYTHON_MANAGED_DICT : 0);
}

/* The attributes that lie beside an instance: see the worker's tally.c. */
static uint64_t values_size(struct mirror *mirror, const struct typed *type, uint64_t address)
{
    if (!(type->flags & CPYTHON_FLAG_MANAGED_DICT)) {
        return 0;
    }
    uint64_t values = mirror_word(mirror, address - CPYTHON_VALUES_BEFORE);
    const uint8_t *prefix = values ? mirror_view(mirror, values - 1, 1) : NULL;
    return prefix ? *prefix + type->values_size : 0;
}

static void count(struct reader *reader, uint64_t address, bool is_tracked)
{
    uint8_t copy[OBJECT_VIEW];
    const uint8_t *object = mirror_view(reader->mirror, address, OBJECT_VIEW);
    if (!object && mirror_read(reader->mirror, address, copy, sizeof copy)) {
        object = copy; /* at the end of a mapping */
    }
    struct typed *type = object ? find_type(reader, word(object, CPYTHON_OBJECT_TYPE)) : NULL;
    if (!type) {
        return;
    }
    uint64_t bytes = head_size(type) + own_size(reader->mirror, type, object, address) +
                     values_size(reader->mirror, type, address);
    type->count++;
    type->bytes += bytes;
    type->tracked += is_tracked;
    type->tracked_bytes += is_tracked ? bytes : 0;
}

/* ---- what is tracked ---- */

static void count_list(struct reader *reader, uint64_t head)
{
    size_t left = LIST_MOST;
    for (uint64_t at = mirror_word(reader->mirror, head); at != 0 && at != head && left > 0;
         left--) {
        count(reader, at + CPYTHON_GC_HEAD, true);
        at = mirror_word(reader->mirror, at);
    }
}

static void count_garbage(struct reader *reader, uint64_t list)
{
    uint64_t items = list ? mirror_word(reader->mirror, list + CPYTHON_LIST_ITEMS) : 0;
    uint64_t members = items ? mirror_word(reader->mirror, list + CPYTHON_OBJECT_SIZE) : 0;
    for (uint64_t i = 0; i < members && i < LIST_MOST; i++) {
        uint64_t object = mirror_word(reader->mirror, items + 8 * i);
        struct typed *type =
            find_type(reader, mirror_word(reader->mirror, object + CPYTHON_OBJECT_TYPE));
        if (type) {
            type->garbage++;
        }
    }
}

static void count_tracked(struct reader *reader, uint64_t interpreter)
{
    for (; interpreter != 0;
         interpreter = mirror_word(reader->mirror, interpreter + CPYTHON_INTERPRETER_NEXT)) {
        for (uint64_t i = 0; i < CPYTHON_GENERATIONS; i++) {
            count_list(reader,
                       interpreter + CPYTHON_INTERPRETER_GENERATIONS + i * CPYTHON_GENERATION_SIZE);
        }
        count_list(reader, interpreter + CPYTHON_INTERPRETER_PERMANENT);
        count_garbage(reader,
                      mirror_word(reader->mirror, interpreter + CPYTHON_INTERPRETER_GARBAGE));
    }
}

/* ---- what is not tracked ---- */

/* Whether an object that is not tracked begins there, after `head` bytes of the block. One that was
 * freed and waits in a list for reuse has no references. */
static bool is_untracked(struct reader *reader, uint64_t block, uint64_t size, uint64_t head)
{
    if (size < head + CPYTHON_OBJECT) {
        return false;
    }
    const uint8_t *bytes = mirror_view(reader->mirror, block, head + CPYTHON_OBJECT);
    if (!bytes) {
        return false;
    }
    uint64_t references = word(bytes, head), address = word(bytes, head + CPYTHON_OBJECT_TYPE);
    bool is_linked = head >= CPYTHON_GC_HEAD && word(bytes, head - CPYTHON_GC_HEAD) != 0;
    if (references == 0 || references > most_references || is_linked) {
        return false;
    }
    const struct typed *type = find_type(reader, address);
    if (!type || head_size(type) != head) {
        return false;
    }
    /* Not all have their whole structure: compact strings, and datetime's without a zone. */
    uint64_t least =
        type->flags & CPYTHON_FLAG_STR ? CPYTHON_STR_ASCII + 1 : type->basic_size / 4 * 3;
    return head + least <= size;
}

static void count_block(void *context, uint64_t block, uint64_t size)
{
    static const uint64_t heads[] = {0, CPYTHON_GC_HEAD, CPYTHON_GC_HEAD + CPYTHON_MANAGED_DICT};
    struct reader *reader = context;
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        if (is_untracked(reader, block, size, heads[i])) {
            count(reader, block + heads[i], false);
            return;
        }
    }
}

/* ---- all of it ---- */

static int read_all(struct typed_census *census, struct survey *survey, struct error *err)
{
    struct runtime runtime;
    if (!runtime_find(&runtime, survey->image)) {
        return error_set(err, "there is no CPython 3.11 in the process");
    }
    struct mirror mirror;
    if (mirror_open(&mirror, survey->image, err)) {
        return -1;
    }
    struct reader reader = {
        .census = census, .image = survey->image, .mirror = &mirror, .type_type = runtime.type};
    inspect_survey(survey, 0);
    census->sees_malloc = survey->ptmalloc != NULL;
    count_tracked(&reader, runtime.interpreter);
    pymalloc_each_block(survey, count_block, &reader);
    ptmalloc_each_block(survey, count_block, &reader);
    free(reader.keys);
    free(reader.indices);
    mirror_close(&mirror);
    return 0;
}

int typed_census_take(struct typed_census *census, pid_t pid, const char *family, struct error *err)
{
    double start = clock_now();
    struct image image;
    struct survey survey;
    *census = (struct typed_census){0};
    if (image_open_process(&image, pid, IMAGE_ALL, err)) {
        return -1;
    }
    survey_init(&survey, &image, family);
    int failed = read_all(census, &survey, err);
    survey_clear(&survey);
    image_close(&image);
    census->seconds = clock_now() - start;
    return failed;
}

void typed_census_clear(struct typed_census *census)
{
    free(census->types);
    *census = (struct typed_census){0};
}

void typed_census_tell(const struct typed_census *census, struct population *population)
{
    population->seconds = census->seconds;
    for (size_t i = 0; i < census->type_count; i++) {
        const struct typed *type = &census->types[i];
        if (type->count > 0) {
            population_add(population, type->name, (double)type->count, (double)type->bytes,
                           (double)type->garbage, 0);
        }
    }
}

/* ---- agreement ---- */

static const struct typed *find_in(const struct typed_census *census, uint64_t address)
{
    for (size_t i = 0; i < census->type_count; i++) {
        if (census->types[i].address == address) {
            return &census->types[i];
        }
    }
    return NULL;
}

/* Types whose bytes both count in full. */
static bool has_known_bytes(const struct typed *type)
{
    return is_named(type, "list") || is_named(type, "dict") || is_named(type, "tuple") ||
           is_named(type, "set") || is_named(type, "type");
}

static char *compare_type(const struct typed_census *census, const struct wire_type *own)
{
    static const struct typed none;
    const struct typed *seen = find_in(census, own->address);
    seen = seen ? seen : &none;
    if (seen->tracked != own->tracked) {
        return text_format("%s: %lu tracked, from outside %lu", own->name, own->tracked,
                           seen->tracked);
    }
    if (has_known_bytes(seen) && seen->tracked_bytes != own->tracked_bytes) {
        return text_format("%s: %lu bytes tracked, from outside %lu", own->name, own->tracked_bytes,
                           seen->tracked_bytes);
    }
    if (census->sees_malloc && seen->count + own->fixed < own->count) {
        return text_format("%s: %lu objects, from outside %lu and %lu static ones", own->name,
                           own->count, seen->count, own->fixed);
    }
    return NULL;
}

char *typed_census_compare(const struct typed_census *census, const struct wire_type *types,
                           size_t count)
{
    enum { TOLD = 3 };
    struct text_list told = {0};
    size_t differing = 0;
    for (size_t i = 0; i < count; i++) {
        cleanup_free char *difference = types[i].address ? compare_type(census, &types[i]) : NULL;
        if (difference && differing++ < TOLD) {
            text_list_add(&told, difference);
        }
    }
    cleanup_free char *first = text_join(&told, "; ");
    text_list_clear(&told);
    return differing == 0 ? NULL
                          : text_format("the census in the copy and the one from outside differ in "
                                        "%zu of %zu types: %s",
                                        differing, count, first);
}
