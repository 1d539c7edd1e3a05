/* The layout of CPython 3.11 on x86-64 Linux, as numbers: for whoever reads an interpreter from
 * outside, without Python.h.
 *
 * What stands in CPython's headers is checked against them when the worker is built
 * (worker/cpython_layout.c). pymalloc's structures stand in no header (Objects/obmalloc.c): whoever
 * reads them proves each by what must hold between its fields. */
#pragma once

#include <stdint.h>

enum { CPYTHON_VERSION = 0x030b }; /* upper half of the exported Py_Version */

/* Offsets within structures; RUNTIME is _PyRuntimeState, and so on. */
enum {
    CPYTHON_RUNTIME_INTERPRETERS = 40,

    CPYTHON_INTERPRETER_NEXT = 0,
    CPYTHON_INTERPRETER_THREADS = 16,
    CPYTHON_INTERPRETER_GENERATIONS = 648 + 24,
    CPYTHON_INTERPRETER_PERMANENT = 648 + 104,
    CPYTHON_INTERPRETER_GARBAGE = 648 + 208,
    CPYTHON_GENERATIONS = 3,
    CPYTHON_GENERATION_SIZE = 24,

    CPYTHON_THREAD_NEXT = 8,
    CPYTHON_THREAD_ID = 152,
    CPYTHON_THREAD_NATIVE_ID = 160,
    CPYTHON_THREAD_DATASTACK = 296,

    CPYTHON_CHUNK_PREVIOUS = 0,
    CPYTHON_CHUNK_SIZE = 8,
};

enum {
    /* What stands before an object of a type with the collector's flag: two links; and before them,
     * with a managed dictionary, the dictionary (nearer) and the inline values. */
    CPYTHON_GC_HEAD = 16,
    CPYTHON_MANAGED_DICT = 16,
    CPYTHON_DICT_BEFORE = 24,
    CPYTHON_VALUES_BEFORE = 32,

    CPYTHON_OBJECT_REFCOUNT = 0,
    CPYTHON_OBJECT_TYPE = 8,
    CPYTHON_OBJECT_SIZE = 16, /* ob_size, of variable objects */
    CPYTHON_OBJECT = 16,      /* sizeof */

    CPYTHON_TYPE_NAME = 24,
    CPYTHON_TYPE_BASICSIZE = 32,
    CPYTHON_TYPE_ITEMSIZE = 40,
    CPYTHON_TYPE_FLAGS = 168,
    CPYTHON_TYPE_BASE = 256,
    CPYTHON_TYPE_CACHED_KEYS = 872,
    CPYTHON_TYPE = 408, /* sizeof */
    CPYTHON_HEAP_TYPE = 904,

    CPYTHON_LIST_ITEMS = 24,
    CPYTHON_LIST_ALLOCATED = 32,
    CPYTHON_DICT_KEYS = 32,
    CPYTHON_DICT_VALUES = 40,
    CPYTHON_KEYS_LOG2_SIZE = 8, /* of a dictionary's keys; one byte each up to the kind */
    CPYTHON_KEYS_LOG2_INDEX_BYTES = 9,
    CPYTHON_KEYS_KIND = 10, /* 0: each entry holds a hash */
    CPYTHON_KEYS_USABLE = 16,
    CPYTHON_KEYS_ENTRIES = 24,
    CPYTHON_KEYS = 32, /* sizeof, without the table */
    CPYTHON_SET_MASK = 32,
    CPYTHON_SET_TABLE = 40,
    CPYTHON_SET_SMALLTABLE = 64,
    CPYTHON_BYTEARRAY_ALLOC = 24,
    CPYTHON_BYTEARRAY_BYTES = 32,
    CPYTHON_STR_LENGTH = 16,
    CPYTHON_STR_STATE = 32,
    CPYTHON_STR_ASCII = 48,   /* sizeof PyASCIIObject */
    CPYTHON_STR_UTF8 = 56,    /* offset in PyCompactUnicodeObject */
    CPYTHON_STR_COMPACT = 72, /* sizeof PyCompactUnicodeObject, offset of data in PyUnicodeObject */
    CPYTHON_STR = 80,         /* sizeof PyUnicodeObject */
};

/* Bits of a type's flags. */
#define CPYTHON_FLAG_MANAGED_DICT (1ul << 4)
#define CPYTHON_FLAG_HEAP_TYPE (1ul << 9)
#define CPYTHON_FLAG_READY (1ul << 12)
#define CPYTHON_FLAG_GC (1ul << 14)
#define CPYTHON_FLAG_LONG (1ul << 24)
#define CPYTHON_FLAG_LIST (1ul << 25)
#define CPYTHON_FLAG_TUPLE (1ul << 26)
#define CPYTHON_FLAG_BYTES (1ul << 27)
#define CPYTHON_FLAG_STR (1ul << 28)
#define CPYTHON_FLAG_DICT (1ul << 29)
#define CPYTHON_FLAG_TYPE (1ul << 31)

/* Bits of a string's state. */
enum {
    CPYTHON_STR_KIND_SHIFT = 2, /* three bits: 1, 2 or 4 bytes per character */
    CPYTHON_STR_IS_COMPACT = 1 << 5,
    CPYTHON_STR_IS_ASCII = 1 << 6,
};

/* pymalloc: arenas of 1 MiB at any page, mapped one by one; in them pools of 16 KiB at their own
 * alignment, so that an arena holds 64 of them or 63. */
enum {
    PYMALLOC_ARENA = 1 << 20,
    PYMALLOC_POOL = 1 << 14,
    PYMALLOC_ALIGNMENT = 16,
    PYMALLOC_CLASSES = 32,
};

/* struct arena_object, an element of the array `arenas`. */
struct pymalloc_arena {
    uint64_t address;      /* 0: not in use */
    uint64_t pool_address; /* pools from here on were never used */
    uint32_t nfreepools, ntotalpools;
    uint64_t freepools, nextarena, prevarena;
};

/* struct pool_header, at the start of each pool that was ever used. */
struct pymalloc_pool {
    uint32_t count, padding; /* blocks handed out */
    uint64_t freeblock;      /* a list through the first word of each free block */
    uint64_t nextpool, prevpool;
    uint32_t arenaindex; /* in `arenas` */
    uint32_t szidx;      /* blocks of (szidx + 1) * 16 bytes */
    uint32_t nextoffset; /* blocks from here on were never used */
    uint32_t maxnextoffset;
};

_Static_assert(sizeof(struct pymalloc_arena) == 48, "as CPython lays it out");
_Static_assert(sizeof(struct pymalloc_pool) == 48, "as CPython lays it out");
