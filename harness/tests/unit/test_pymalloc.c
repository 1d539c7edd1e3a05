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

static void look(struct seen *seen, const char *code)
{
    standing_start(&seen->process, code, NULL);
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

static void count_block(uint64_t address, uint64_t size, void *context)
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
    look(&seen, code);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bare_interpreters_blocks_are_those_that_it_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
