/* The collector's lists are private in 3.11 (3.12 has PyUnstable_GC_VisitObjects). */
#define Py_BUILD_CORE_MODULE 1
#include <Python.h>

#include <internal/pycore_gc.h>
#include <internal/pycore_interp.h>

#include "worker/counts.h"

#if PY_VERSION_HEX < 0x030b0000 || PY_VERSION_HEX >= 0x030c0000
#error "counts.c knows the layout of CPython 3.11 only"
#endif

/* Behind sys.getallocatedblocks(); exported, but in no public header. */
extern Py_ssize_t _Py_GetAllocatedBlocks(void);

static int64_t list_length(const PyGC_Head *head)
{
    int64_t length = 0;
    /* The lowest bits of the link hold flags while a collection runs; none runs now. */
    for (const PyGC_Head *at = (const PyGC_Head *)head->_gc_next; at != head;
         at = (const PyGC_Head *)at->_gc_next) {
        length++;
    }
    return length;
}

void counts_read(struct wire_counts *counts)
{
    const struct _gc_runtime_state *collector = &PyInterpreterState_Get()->gc;
    *counts = (struct wire_counts){.allocated_blocks = -1};
    for (int i = 0; i < NUM_GENERATIONS; i++) {
        counts->tracked_objects += list_length(&collector->generations[i].head);
        counts->collected_objects += collector->generation_stats[i].collected;
    }
    counts->tracked_objects += list_length(&collector->permanent_generation.head);
    counts->garbage_objects = collector->garbage ? PyList_GET_SIZE(collector->garbage) : 0;

    /* Without pymalloc there are no blocks to count, and 0 would be a lie. */
    Py_ssize_t blocks = _Py_GetAllocatedBlocks();
    counts->allocated_blocks = blocks > 0 ? blocks : -1;
}
