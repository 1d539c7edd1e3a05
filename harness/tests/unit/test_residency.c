#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <sys/mman.h>

#include "residency.h"

enum { PAGE = 4096, PAGES = 3000 };

static char *map(void)
{
    char *memory = mmap(NULL, (size_t)PAGES * PAGE, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    assert_ptr_not_equal(memory, MAP_FAILED);
    madvise(memory, (size_t)PAGES * PAGE, MADV_NOHUGEPAGE);
    return memory;
}

static void unmap(char *memory)
{
    munmap(memory, (size_t)PAGES * PAGE);
}

static int64_t ask(const struct residency *residency, const char *memory, size_t size)
{
    return residency_of(residency, (uintptr_t)memory, size);
}

/* The second source is asked as on a kernel that has no first one. */
static void touched_pages_are_counted_by_either_source(void **state)
{
    (void)state;
    char *memory = map();
    for (int i = 0; i < PAGES; i += 3) { /* more runs than fit into one answer */
        memory[(size_t)i * PAGE] = 1;
    }
    struct residency residency;
    const struct residency old_kernel = {.pagemap = -1};
    residency_open(&residency);
    assert_int_equal(ask(&residency, memory, (size_t)PAGES * PAGE), PAGES / 3 * PAGE);
    assert_int_equal(ask(&old_kernel, memory, (size_t)PAGES * PAGE), PAGES / 3 * PAGE);
    residency_close(&residency);
    assert_int_equal(residency.pagemap, -1);
    unmap(memory);
}

static void a_range_counts_whole_pages(void **state)
{
    (void)state;
    char *memory = map();
    memset(memory, 1, 2 * PAGE);
    struct residency residency;
    residency_open(&residency);
    assert_int_equal(ask(&residency, memory, 1), PAGE);
    assert_int_equal(ask(&residency, memory + PAGE - 1, 2), 2 * PAGE);
    assert_int_equal(ask(&residency, memory + PAGE, PAGE + 1), PAGE);
    assert_int_equal(ask(&residency, memory + 2 * PAGE, PAGE), 0);
    assert_int_equal(ask(&residency, memory, 0), 0);
    residency_close(&residency);
    unmap(memory);
}

static void pages_that_went_back_are_not_resident(void **state)
{
    (void)state;
    char *memory = map();
    memset(memory, 1, 10 * PAGE);
    madvise(memory + 2 * PAGE, 4 * PAGE, MADV_DONTNEED);
    struct residency residency;
    residency_open(&residency);
    assert_int_equal(ask(&residency, memory, 10 * PAGE), 6 * PAGE);
    residency_close(&residency);
    unmap(memory);
}

static void pages_that_were_only_read_are_not_resident(void **state)
{
    (void)state;
    char *memory = map();
    for (int i = 0; i < 10; i++) {
        assert_int_equal(*(volatile char *)(memory + (size_t)i * PAGE), 0);
    }
    memory[3 * PAGE] = 1;
    struct residency residency;
    residency_open(&residency);
    int64_t resident = ask(&residency, memory, 10 * PAGE);
    residency_close(&residency);
    if (resident == 10 * PAGE) {
        skip(); /* this kernel has only mincore */
    }
    assert_int_equal(resident, PAGE);
    unmap(memory);
}

static void what_is_not_mapped_is_unknown(void **state)
{
    (void)state;
    char *memory = map();
    unmap(memory);
    struct residency residency;
    residency_open(&residency);
    assert_int_equal(ask(&residency, memory, PAGE), -1);
    residency_close(&residency);
}

static void a_look_at_no_memory_is_no_crash(void **state)
{
    (void)state;
    uint64_t here = 42, copy = 0;
    assert_true(residency_peek((uintptr_t)&here, &copy, sizeof copy));
    assert_int_equal(copy, 42);
    assert_false(residency_peek(8, &copy, sizeof copy));
    assert_false(residency_peek(UINTPTR_MAX - 3, &copy, sizeof copy));
    char *memory = map();
    munmap(memory + PAGE, (size_t)(PAGES - 1) * PAGE);
    assert_false(residency_peek((uintptr_t)memory + PAGE - 4, &copy, sizeof copy));
    munmap(memory, PAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(touched_pages_are_counted_by_either_source),
        cmocka_unit_test(a_range_counts_whole_pages),
        cmocka_unit_test(pages_that_went_back_are_not_resident),
        cmocka_unit_test(pages_that_were_only_read_are_not_resident),
        cmocka_unit_test(what_is_not_mapped_is_unknown),
        cmocka_unit_test(a_look_at_no_memory_is_no_crash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
