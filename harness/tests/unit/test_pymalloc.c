#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "inspect/pymalloc.h"
#include "tests/support/standing.h"

struct seen {
    struct standing process;
    struct image image;
    struct survey survey;
    double resident; /* in what was claimed */
};

static void look(struct seen *seen, const char *code, const char *variable)
{
    standing_start(&seen->process, code, variable);
    struct error err;
    assert_int_equal(image_open_process(&seen->image, seen->process.pid, IMAGE_ALL, &err), 0);
    survey_init(&seen->survey, &seen->image, "glibc");
    pymalloc_survey(&seen->survey);
    seen->resident = 0;
    for (size_t i = 0; i < seen->survey.claim_count; i++) {
        const struct survey_range *claim = &seen->survey.claims[i];
        seen->resident +=
            (double)image_resident(&seen->image, claim->start, claim->end, RESIDENT_ANON);
    }
}

static void look_away(struct seen *seen)
{
    survey_clear(&seen->survey);
    image_close(&seen->image);
    standing_end(&seen->process);
}

static double owned(const struct seen *seen)
{
    const double *values = seen->survey.values;
    return values[METRIC_OWNER_PYMALLOC_LIVE] + values[METRIC_OWNER_PYMALLOC_FREE_BLOCKS] +
           values[METRIC_OWNER_PYMALLOC_FREE_POOLS] + values[METRIC_OWNER_PYMALLOC_HEADERS];
}

/* The bytes of all arenas, by their own count. */
static double arena_bytes(const struct seen *seen)
{
    return standing_number(&seen->process, "# arenas allocated current") * (1 << 20);
}

static double claimed(const struct seen *seen)
{
    double bytes = 0;
    for (size_t i = 0; i < seen->survey.claim_count; i++) {
        bytes += (double)(seen->survey.claims[i].end - seen->survey.claims[i].start);
    }
    return bytes;
}

/* The sum of its table's column, a row for each size. */
static double blocks_in_use(const struct seen *seen)
{
    double sum = 0;
    unsigned class, size, pools, blocks, available;
    for (const char *line = seen->process.output; line; line = strchr(line + 1, '\n')) {
        if (sscanf(line, "%u %u %u %u %u\n", &class, &size, &pools, &blocks, &available) == 5) {
            sum += blocks;
        }
    }
    return sum;
}

struct blocks {
    double count, bytes;
    uint64_t last;
};

static void count_block(void *context, uint64_t address, uint64_t size)
{
    struct blocks *blocks = context;
    assert_true(address > blocks->last);
    blocks->last = address;
    blocks->count++;
    blocks->bytes += (double)size;
}

/* `code` ends with what pymalloc says of itself. */
static void assert_agrees(const char *code)
{
    struct seen seen;
    look(&seen, code, NULL);
    assert_true(claimed(&seen) == arena_bytes(&seen));
    double live = standing_number(&seen.process, "# bytes in allocated blocks");
    assert_true(seen.survey.pymalloc_live == live);
    assert_true(owned(&seen) == seen.resident);
    struct blocks blocks = {0};
    pymalloc_each_block(&seen.survey, count_block, &blocks);
    assert_true(blocks.bytes == live);
    assert_true(blocks.count == blocks_in_use(&seen));
    look_away(&seen);
}

/* It writes by itself, without an allocation before the program stops. */
#define SAY "sys._debugmallocstats(); stop()\n"

static void a_bare_interpreters_blocks_are_those_that_it_counts(void **state)
{
    (void)state;
    assert_agrees(SAY);
}

/* A hundredth of many objects survives, so that hardly an arena is given back. */
static void what_a_burst_leaves_is_as_it_counts(void **state)
{
    (void)state;
    assert_agrees("kept = [(i, str(i), {i: i}) for i in range(300000)][::100]\n" SAY);
}

static void arenas_that_were_given_back_are_not_counted(void **state)
{
    (void)state;
    assert_agrees("for i in range(3):\n"
                  "    kept = [str(i) * 20 for i in range(200000)]\n"
                  "    del kept\n"
                  "kept = [b'x' * 400 for i in range(20000)]\n" SAY);
}

static void free_memory_is_that_in_used_pools_and_that_in_free_ones(void **state)
{
    (void)state;
    struct seen seen;
    look(&seen, "kept = [(i, str(i)) for i in range(300000)][::10]\n" SAY, NULL);
    double pools = standing_number(&seen.process, "# bytes lost to pool headers") /
                   (double)sizeof(uint64_t[6]);
    double alignment = standing_number(&seen.process, "# bytes lost to arena alignment");
    double used_pools = arena_bytes(&seen) - alignment - pools * (16 << 10);
    double blocks = standing_number(&seen.process, "# bytes in available blocks") +
                    standing_number(&seen.process, "# bytes lost to quantization");
    const double *values = seen.survey.values;
    /* What was never touched is not resident: the ends of the newest pools and arena. */
    assert_true(values[METRIC_OWNER_PYMALLOC_FREE_BLOCKS] <= blocks);
    assert_true(values[METRIC_OWNER_PYMALLOC_FREE_BLOCKS] > blocks - (512 << 10));
    assert_true(values[METRIC_OWNER_PYMALLOC_FREE_POOLS] <= used_pools + alignment);
    assert_true(values[METRIC_OWNER_PYMALLOC_LIVE] == seen.survey.pymalloc_live);
    assert_true(values[METRIC_OWNER_PYMALLOC_HEADERS] >= pools * 48);
    look_away(&seen);
}

/* Whole copies of pools, where pools could be: nothing but their look says that they are some. */
static void copies_of_pools_are_none(void **state)
{
    (void)state;
    assert_agrees("import ctypes, mmap\n"
                  "copy = mmap.mmap(-1, 1 << 20)\n"
                  "here = ctypes.addressof(ctypes.c_char.from_buffer(copy))\n"
                  "pool = id(object()) >> 14 << 14\n"
                  "for at in range(-here % (1 << 14), (1 << 20) - (1 << 14), 1 << 14):\n"
                  "    ctypes.memmove(here + at, pool, 1 << 14)\n" SAY);
}

static void without_pymalloc_there_is_nothing(void **state)
{
    (void)state;
    struct seen seen;
    look(&seen, "stop()", "PYTHONMALLOC=malloc");
    assert_int_equal(seen.survey.claim_count, 0);
    assert_true(owned(&seen) == 0);
    struct blocks blocks = {0};
    pymalloc_each_block(&seen.survey, count_block, &blocks);
    assert_true(blocks.count == 0);
    look_away(&seen);
}

static void a_range_that_is_claimed_is_left_alone(void **state)
{
    (void)state;
    struct seen seen;
    look(&seen, SAY, NULL);
    struct survey second;
    survey_init(&second, &seen.image, "glibc");
    survey_claim(&second, seen.survey.claims[0].start + IMAGE_PAGE,
                 seen.survey.claims[0].start + 2 * (uint64_t)IMAGE_PAGE);
    pymalloc_survey(&second);
    assert_true(second.pymalloc_live < seen.survey.pymalloc_live);
    survey_clear(&second);
    look_away(&seen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bare_interpreters_blocks_are_those_that_it_counts),
        cmocka_unit_test(what_a_burst_leaves_is_as_it_counts),
        cmocka_unit_test(arenas_that_were_given_back_are_not_counted),
        cmocka_unit_test(free_memory_is_that_in_used_pools_and_that_in_free_ones),
        cmocka_unit_test(copies_of_pools_are_none),
        cmocka_unit_test(without_pymalloc_there_is_nothing),
        cmocka_unit_test(a_range_that_is_claimed_is_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
