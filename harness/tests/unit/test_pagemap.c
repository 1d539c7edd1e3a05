#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "inspect/pagemap.h"
#include "tests/support/scratch.h"

/* A kernel without a scan: what is opened as "pagemap" is a file of entries made by hand, and no
 * file knows the request. */

#define PRESENT (1ULL << 63)
#define OF_FILE (1ULL << 61)
#define EXCLUSIVE (1ULL << 56)

enum { PAGE = IMAGE_PAGE, BASE = 0x10000, PAGES = 16, RUNS_MOST = 16 };

struct seen {
    struct pagemap_run runs[RUNS_MOST];
    size_t count;
};

static void note(void *context, const struct pagemap_run *run)
{
    struct seen *seen = context;
    assert_in_range(seen->count, 0, RUNS_MOST - 1);
    seen->runs[seen->count++] = *run;
}

static int read_with(void **state, const uint64_t *entries, const struct mapping *mappings,
                     size_t count, enum image_pages pages, struct seen *seen)
{
    uint64_t file[BASE / PAGE + PAGES] = {0};
    memcpy(file + BASE / PAGE, entries, PAGES * sizeof *entries);
    free(scratch_write(state, "pagemap", file, sizeof file));
    int directory = open(*state, O_PATH | O_DIRECTORY | O_CLOEXEC);
    *seen = (struct seen){0};
    int result = pagemap_each_run(directory, mappings, count, pages, note, seen);
    close(directory);
    return result;
}

static const struct mapping whole = {
    .start = BASE, .end = BASE + PAGES * PAGE, .is_readable = true, .path = ""};

static const uint64_t some[PAGES] = {
    PRESENT | EXCLUSIVE,
    PRESENT | EXCLUSIVE,
    0,
    PRESENT,
    PRESENT | OF_FILE,
    PRESENT | OF_FILE,
    1 /* swapped or nothing */,
    PRESENT | EXCLUSIVE,
};

static void expect(const struct pagemap_run *run, unsigned first, unsigned end, bool is_file,
                   bool is_borrowed)
{
    assert_int_equal(run->start, BASE + first * PAGE);
    assert_int_equal(run->end, BASE + end * PAGE);
    assert_int_equal(run->is_file, is_file);
    assert_int_equal(run->is_borrowed, is_borrowed);
    assert_false(run->is_huge);
}

static void without_a_scan_the_entries_tell(void **state)
{
    struct seen seen;
    assert_int_equal(read_with(state, some, &whole, 1, IMAGE_ALL, &seen), 0);
    assert_int_equal(seen.count, 4);
    expect(&seen.runs[0], 0, 2, false, false);
    expect(&seen.runs[1], 3, 4, false, false);
    expect(&seen.runs[2], 4, 6, true, false);
    expect(&seen.runs[3], 7, 8, false, false);
}

static void what_others_map_too_is_borrowed(void **state)
{
    struct seen seen;
    assert_int_equal(read_with(state, some, &whole, 1, IMAGE_EXCLUSIVE, &seen), 0);
    assert_int_equal(seen.count, 4);
    expect(&seen.runs[0], 0, 2, false, false);
    expect(&seen.runs[1], 3, 4, false, true);
    expect(&seen.runs[3], 7, 8, false, false);
}

static void runs_go_on_across_mappings_that_touch(void **state)
{
    struct mapping halves[] = {whole, whole};
    halves[0].end = halves[1].start = BASE + PAGE;
    struct seen seen;
    assert_int_equal(read_with(state, some, halves, 2, IMAGE_ALL, &seen), 0);
    assert_int_equal(seen.count, 4);
    expect(&seen.runs[0], 0, 2, false, false);
}

static void only_mappings_are_read(void **state)
{
    struct mapping part = whole;
    part.start = BASE + 3 * PAGE;
    part.end = BASE + 4 * PAGE;
    struct seen seen;
    assert_int_equal(read_with(state, some, &part, 1, IMAGE_ALL, &seen), 0);
    assert_int_equal(seen.count, 1);
    expect(&seen.runs[0], 3, 4, false, false);
}

/* Their entries lie far behind the file's end, so reading them would fail. */
static void reserved_address_space_is_passed_over(void **state)
{
    struct mapping mappings[] = {whole, {.start = 1ULL << 40, .end = 1ULL << 44, .path = ""}};
    struct seen seen;
    assert_int_equal(read_with(state, some, mappings, 2, IMAGE_ALL, &seen), 0);
    assert_int_equal(seen.count, 4);
    mappings[1].is_readable = true;
    assert_int_equal(read_with(state, some, mappings, 2, IMAGE_ALL, &seen), -1);
}

static void without_a_pagemap_there_is_an_error(void **state)
{
    struct seen seen = {0};
    int directory = open(*state, O_PATH | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(pagemap_each_run(directory, &whole, 1, IMAGE_ALL, note, &seen), -1);
    close(directory);
    assert_int_equal(seen.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        scratch_test(without_a_scan_the_entries_tell),
        scratch_test(what_others_map_too_is_borrowed),
        scratch_test(runs_go_on_across_mappings_that_touch),
        scratch_test(only_mappings_are_read),
        scratch_test(reserved_address_space_is_passed_over),
        scratch_test(without_a_pagemap_there_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
