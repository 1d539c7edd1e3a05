#include "inspect/ptmalloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "inspect/elf_file.h"
#include "inspect/ptmalloc_arenas.h"
#include "inspect/threads.h"
#include "measure/procfs.h"
#include "tests/support/allocates.h"

enum { KIBIBYTE = 1 << 10, MEBIBYTE = 1 << 20 };

/* What a test sees of a target. */
struct seen {
    double in_use, releasable, pinned, metadata, forecast;
    double malloc_live, malloc_in_use;
    double blocks, block_bytes; /* handed out: number, usable size */
    double written;             /* blocks that the target has written to, by the first byte */
    struct image *image;        /* while it is looked at */
    double claimed;             /* resident bytes of what the module claimed */
};

static int setup(void **state)
{
    static struct allocates target;
    allocates_start(&target, NULL);
    *state = &target;
    return 0;
}

static int teardown(void **state)
{
    allocates_end(*state);
    return 0;
}

/* ---- looking ---- */

static double claimed_bytes(const struct survey *survey)
{
    double bytes = 0;
    for (size_t i = 0; i < survey->claim_count; i++) {
        bytes += (double)image_resident(survey->image, survey->claims[i].start,
                                        survey->claims[i].end, RESIDENT_ANON);
    }
    return bytes;
}

static void count_block(void *context, uint64_t address, uint64_t usable)
{
    struct seen *seen = context;
    assert_int_equal(address % 16, 0);
    unsigned char first = 0;
    assert_int_equal(image_read(seen->image, address, &first, 1), 0);
    seen->written += first == 0x5a;
    seen->blocks++;
    seen->block_bytes += (double)usable;
}

static void look_at(struct seen *seen, struct survey *survey)
{
    *seen = (struct seen){.image = survey->image};
    elf_file_survey(survey);
    threads_survey(survey);
    double before = claimed_bytes(survey);
    ptmalloc_survey(survey);
    seen->claimed = claimed_bytes(survey) - before;
    seen->in_use = survey->values[METRIC_OWNER_MALLOC_IN_USE];
    seen->releasable = survey->values[METRIC_OWNER_MALLOC_RELEASABLE];
    seen->pinned = survey->values[METRIC_OWNER_MALLOC_PINNED];
    seen->metadata = survey->values[METRIC_OWNER_MALLOC_METADATA];
    seen->forecast = survey->values[METRIC_FORECAST_BYTES];
    seen->malloc_live = survey->malloc_live;
    seen->malloc_in_use = survey->malloc_in_use;
    ptmalloc_each_block(survey, count_block, seen);
}

/* Looks at the pages of a kind. What is in `claim` belongs to somebody else. */
static void look_at_pages(struct seen *seen, const struct allocates *target, enum image_pages pages,
                          struct survey_range claim)
{
    struct image image;
    struct error err = {0};
    pid_t pid = (pid_t)allocates_number(target, "pid");
    assert_int_equal(image_open_process(&image, pid, pages, &err), 0);
    struct survey survey;
    survey_init(&survey, &image, "glibc");
    survey_claim(&survey, claim.start, claim.end);
    look_at(seen, &survey);
    survey_clear(&survey);
    image_close(&image);
    if (getenv("PTMALLOC_SHOW")) {
        printf("    in use %.0f releasable %.0f pinned %.0f metadata %.0f forecast %.0f live %.0f "
               "in_use %.0f (mallinfo2 %.0f) blocks %.0f bytes %.0f (%.0f)\n",
               seen->in_use, seen->releasable, seen->pinned, seen->metadata, seen->forecast,
               seen->malloc_live, seen->malloc_in_use,
               (double)(allocates_number(target, "uordblks") + allocates_number(target, "hblkhd")),
               seen->blocks, seen->block_bytes, (double)allocates_number(target, "live"));
    }
}

static void look(struct seen *seen, const struct allocates *target)
{
    look_at_pages(seen, target, IMAGE_ALL, (struct survey_range){0});
}

static void expect_near(const char *what, double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance)) {
        fail_msg("%s: %.0f, expected %.0f +- %.0f", what, value, expected, tolerance);
    }
}

/* What must hold of any target: every resident byte of malloc has one owner; blocks are those that
 * the target holds, but for the few of libc itself; the account is that of mallinfo2. */
static void expect_sound(const struct seen *seen, const struct allocates *target)
{
    double sum = seen->in_use + seen->releasable + seen->pinned + seen->metadata;
    expect_near("sum of the owners", sum, seen->claimed, 0);
    double info =
        (double)(allocates_number(target, "uordblks") + allocates_number(target, "hblkhd"));
    expect_near("mallinfo2", seen->malloc_in_use, info, 0);
    expect_near("number of blocks", seen->blocks, (double)allocates_number(target, "blocks"), 32);
    expect_near("live bytes", seen->block_bytes, (double)allocates_number(target, "live"),
                8 * KIBIBYTE);
    /* Headers of 8 bytes, or of 16 with a mapping of its own. */
    double headers = 8 * seen->blocks + 8 * (double)allocates_number(target, "hblks");
    expect_near("live with headers", seen->malloc_live, seen->block_bytes + headers, 0);
}

static void look_soundly(struct seen *seen, const struct allocates *target)
{
    look(seen, target);
    expect_sound(seen, target);
}

/* The forecast is what a real trim gives back. Looks again after it. */
static void trim_as_forecast(struct seen *seen, struct allocates *target)
{
    double before = (double)allocates_number(target, "anonymous"), expected = seen->forecast;
    allocates_tell(target, "trim");
    double freed = before - (double)allocates_number(target, "anonymous");
    expect_near("forecast", expected, freed, freed / 100 + 256 * KIBIBYTE);
    look_soundly(seen, target);
    expect_near("forecast after the trim", seen->forecast, 0, 64 * KIBIBYTE);
}

static void expect_share(const char *what, double value, double expected)
{
    expect_near(what, value, expected, expected / 100 + 64 * KIBIBYTE);
}

/* ---- known answers ---- */

static void a_fresh_process_is_explained(void **state)
{
    struct allocates *target = *state;
    struct seen seen;
    allocates_tell(target, "account");
    look_soundly(&seen, target);
    assert_true(seen.claimed > 0 && seen.claimed < 256 * KIBIBYTE);
}

static void what_is_held_is_in_use(void **state)
{
    struct allocates *target = *state;
    struct seen seen;
    allocates_tell(target, "hold 16M 1K");
    look_soundly(&seen, target);
    expect_share("in use", seen.in_use, 16 * MEBIBYTE);
    expect_near("metadata", seen.metadata, 8 * 16384, 16 * KIBIBYTE); /* a header each */
    expect_near("releasable", seen.releasable, 0, 256 * KIBIBYTE);    /* the top */
    expect_near("pinned", seen.pinned, 0, 16 * KIBIBYTE);
    assert_int_equal(seen.written, 16384);
}

static void what_is_freed_below_a_survivor_is_releasable(void **state)
{
    struct allocates *target = *state;
    struct seen seen;
    allocates_tell(target, "retain 16M 2K");
    look_soundly(&seen, target);
    expect_share("releasable", seen.releasable, 16 * MEBIBYTE);
    expect_near("in use", seen.in_use, 0, 64 * KIBIBYTE);
    expect_share("forecast", seen.forecast, 16 * MEBIBYTE);
    trim_as_forecast(&seen, target);
    expect_near("releasable after the trim", seen.releasable, 0, 64 * KIBIBYTE);
}

static void free_memory_between_survivors_is_pinned(void **state)
{
    struct allocates *target = *state;
    struct seen seen;
    allocates_tell(target, "pin 16M 2K 2");
    look_soundly(&seen, target);
    expect_share("pinned", seen.pinned, 8 * MEBIBYTE);
    expect_share("in use", seen.in_use, 8 * MEBIBYTE);
    expect_near("releasable", seen.releasable, 0, 256 * KIBIBYTE);
    trim_as_forecast(&seen, target);
}

/* One of sixteen blocks of 1 KiB: of 16384 - 1032 free bytes a page or two lie at the edges. */
static void free_memory_is_releasable_only_in_whole_pages(void **state)
{
    struct allocates *target = *state;
    struct seen seen;
    allocates_tell(target, "pin 16M 1016 16");
    look_soundly(&seen, target);
    expect_share("in use", seen.in_use, 1 * MEBIBYTE);
    expect_share("free", seen.pinned + seen.releasable, 15 * MEBIBYTE);
    assert_true(seen.pinned > 1 * MEBIBYTE);
    double expected = seen.releasable;
    trim_as_forecast(&seen, target);
    expect_near("releasable after the trim", seen.releasable, 0, 64 * KIBIBYTE);
    assert_true(expected > 10 * MEBIBYTE);
}

static void a_block_with_a_mapping_of_its_own_is_in_use(void **state)
{
    struct allocates *target = *state;
    struct seen seen;
    allocates_tell(target, "hold 16M 16M");
    allocates_tell(target, "hold 15M 5M");
    look_soundly(&seen, target);
    assert_int_equal(allocates_number(target, "hblks"), 4);
    expect_share("in use", seen.in_use, 31 * MEBIBYTE);
    expect_near("forecast", seen.forecast, 0, 256 * KIBIBYTE);
}

static void what_was_never_touched_is_not_resident_but_counts_as_live(void **state)
{
    struct allocates *target = *state;
    struct seen seen;
    allocates_tell(target, "untouched 64M");
    look_soundly(&seen, target);
    expect_near("in use", seen.in_use, 0, 64 * KIBIBYTE);
    expect_share("malloc_live", seen.malloc_live, 64 * MEBIBYTE);
}

static void aligned_and_resized_blocks_are_found(void **state)
{
    struct allocates *target = *state;
    struct seen seen;
    allocates_tell(target, "aligned 4M 64");
    allocates_tell(target, "aligned 4M 4K");
    allocates_tell(target, "resize 9M");
    allocates_tell(target, "aligned 4M 2M");
    allocates_tell(target, "resize 3M");
    allocates_tell(target, "hold 4M 4M");
    allocates_tell(target, "resize 20M");
    allocates_tell(target, "aligned 64K 4K"); /* within the heap */
    look_soundly(&seen, target);
    assert_int_equal(allocates_number(target, "hblks"), 4);
    expect_near("in use", seen.in_use, 36 * MEBIBYTE, 128 * KIBIBYTE);
    assert_int_equal(seen.written, 5);
}

static void a_lower_threshold_gives_small_blocks_mappings(void **state)
{
    struct allocates *target = *state;
    struct seen seen;
    allocates_tell(target, "threshold 8K");
    allocates_tell(target, "hold 16M 16000");
    look_soundly(&seen, target);
    assert_true(allocates_number(target, "hblks") > 1000);
    expect_share("in use", seen.in_use, (double)allocates_number(target, "hblkhd"));
}

static void a_higher_threshold_puts_large_blocks_into_the_heap(void **state)
{
    struct allocates *target = *state;
    struct seen seen;
    allocates_tell(target, "threshold 32M");
    allocates_tell(target, "hold 48M 16M");
    allocates_tell(target, "retain 32M 16M");
    look_soundly(&seen, target);
    assert_int_equal(allocates_number(target, "hblks"), 0);
    expect_share("in use", seen.in_use, 48 * MEBIBYTE);
    expect_share("releasable", seen.releasable, 32 * MEBIBYTE);
    trim_as_forecast(&seen, target);
}

static void arenas_of_threads_are_found_with_all_their_heaps(void **state)
{
    struct allocates *target = *state;
    struct seen seen;
    allocates_tell(target, "threads 1 hold 68M 2K"); /* a heap has 64 MiB at most */
    allocates_tell(target, "threads 3 hold 8M 500");
    look_soundly(&seen, target);
    expect_share("in use", seen.in_use, 92 * MEBIBYTE);
}

/* malloc_trim passes over the top of a thread's arena. */
static void the_top_of_a_threads_arena_is_releasable_but_not_forecast(void **state)
{
    struct allocates *target = *state;
    struct seen seen;
    allocates_tell(target, "threshold 32M"); /* fixes the trim threshold, too */
    allocates_tell(target, "exits 2 retain 16M 2K");
    look_soundly(&seen, target);
    expect_share("releasable", seen.releasable, 32 * MEBIBYTE);
    trim_as_forecast(&seen, target);
}

static void chunks_in_tcaches_are_free_but_pinned(void **state)
{
    struct allocates *target = *state;
    struct seen before, seen;
    allocates_tell(target, "threads 4 hold 64K 1K");
    look_soundly(&before, target);
    double in_use = (double)allocates_number(target, "uordblks");
    allocates_tell(target, "cache 7 1000");
    allocates_tell(target, "threads 4 cache 7 1000");
    look_soundly(&seen, target);
    /* The four new threads brought their own arenas; live is what it was. */
    expect_near("live", seen.malloc_live, before.malloc_live, 8 * KIBIBYTE);
    assert_true((double)allocates_number(target, "uordblks") > in_use + 5 * 7 * 1000);
    assert_true(seen.pinned >= before.pinned + 5 * 7 * 1000);
}

/* 16 MiB of blocks of 64 bytes, none of which is merged before the trim. */
static void chunks_in_fastbins_are_merged_as_a_trim_would(void **state)
{
    struct allocates *target = *state;
    struct seen seen;
    allocates_tell(target, "retain 16M 64");
    look_soundly(&seen, target);
    expect_share("releasable", seen.releasable, 20 * MEBIBYTE); /* with headers */
    trim_as_forecast(&seen, target);
}

static void some_chunks_in_fastbins_are_pinned(void **state)
{
    struct allocates *target = *state;
    struct seen seen;
    allocates_tell(target, "pin 4M 64 2");
    look_soundly(&seen, target);
    expect_share("in use", seen.in_use, 2.225 * MEBIBYTE); /* 72 usable bytes each */
    expect_share("pinned", seen.pinned, 2.225 * MEBIBYTE);
    trim_as_forecast(&seen, target);
}

/* In a heap of gigabytes, any number in libc's data may be an address of it: the start of the heap
 * was once taken to be 0xffffffff. */
static void a_heap_beyond_4_gib_is_found_from_its_start(void **state)
{
    struct allocates *target = *state;
    struct seen seen;
    if (procfs_available_memory() < 6ULL << 30) {
        print_message("less than 6 GiB available\n");
        skip();
    }
    allocates_tell(target, "threshold 32M");
    for (int i = 0; i < 140; i++) {
        allocates_tell(target, "untouched 31M");
    }
    look_soundly(&seen, target);
    assert_true(allocates_number(target, "live") > 4200 * (uint64_t)MEBIBYTE);
    assert_true(seen.in_use < 64 * MEBIBYTE);
}

static void other_users_of_sbrk_are_left_out(void **state)
{
    struct allocates *target = *state;
    struct seen seen;
    allocates_tell(target, "hold 4M 1K");
    allocates_tell(target, "foreign 3M");
    allocates_tell(target, "hold 4M 1K");
    allocates_tell(target, "foreign 100");
    allocates_tell(target, "hold 2M 1K");
    allocates_tell(target, "retain 8M 2K");
    look_soundly(&seen, target);
    expect_share("in use", seen.in_use, 10 * MEBIBYTE);
    trim_as_forecast(&seen, target);
    allocates_tell(target, "foreign 4096"); /* behind the top, which now cannot go */
    look_soundly(&seen, target);
    trim_as_forecast(&seen, target);
}

static void everything_dropped_is_free(void **state)
{
    struct allocates *target = *state;
    struct seen seen;
    allocates_tell(target, "hold 32M 1K");
    allocates_tell(target, "hold 8M 4M");
    allocates_tell(target, "threads 2 hold 8M 3K");
    allocates_tell(target, "drop");
    look_soundly(&seen, target);
    expect_near("in use", seen.in_use, 0, 64 * KIBIBYTE);
    trim_as_forecast(&seen, target);
}

static void a_heap_goes_on_in_mappings_when_sbrk_fails(void **state)
{
    struct allocates *target = *state;
    struct seen seen;
    allocates_tell(target, "hold 3M 1K");
    allocates_tell(target, "wall");
    allocates_tell(target, "hold 5M 1K");
    look_soundly(&seen, target);
    expect_share("in use", seen.in_use, 8 * MEBIBYTE);
    allocates_tell(target, "retain 8M 2K");
    allocates_tell(target, "hold 2M 2M");
    look_soundly(&seen, target);
    expect_share("in use", seen.in_use, 10 * MEBIBYTE);
    /* Each mapping is of 132 KiB, and its first and last page are pinned. */
    expect_near("releasable", seen.releasable, 8.0 * MEBIBYTE * 31 / 33, 256 * KIBIBYTE);
    trim_as_forecast(&seen, target);
}

static void a_child_counts_only_what_it_wrote(void **state)
{
    struct allocates *target = *state;
    struct seen seen;
    allocates_tell(target, "hold 16M 1K");
    allocates_tell(target, "hold 8M 4M");
    allocates_tell(target, "fork");
    allocates_tell(target, "hold 4M 1K");
    look_at_pages(&seen, target, IMAGE_EXCLUSIVE, (struct survey_range){0});
    expect_sound(&seen, target); /* it reads the chunks of its parent's time, too */
    expect_near("in use", seen.in_use, 4 * MEBIBYTE, 256 * KIBIBYTE);
    allocates_tell(target, "drop");
    look_at_pages(&seen, target, IMAGE_EXCLUSIVE, (struct survey_range){0});
    expect_sound(&seen, target);
    expect_near("in use", seen.in_use, 0, 64 * KIBIBYTE);
}

/* ---- what is not malloc's ---- */

static void first_block(void *context, uint64_t address, uint64_t usable)
{
    struct survey_range *range = context;
    if (usable >= MEBIBYTE && range->start == 0) {
        *range = (struct survey_range){address, address + usable};
    }
}

/* A large block within the heap, as that for a thread's stack. */
static struct survey_range find_large_block(const struct allocates *target)
{
    struct image image;
    struct error err = {0};
    assert_int_equal(image_open_process(&image, target->pid, IMAGE_ALL, &err), 0);
    struct survey survey;
    survey_init(&survey, &image, "glibc");
    ptmalloc_survey(&survey);
    struct survey_range range = {0};
    ptmalloc_each_block(&survey, first_block, &range);
    survey_clear(&survey);
    image_close(&image);
    return range;
}

static void what_others_have_claimed_in_a_block_stays_theirs(void **state)
{
    struct allocates *target = *state;
    struct seen seen;
    allocates_tell(target, "threshold 32M");
    allocates_tell(target, "hold 1M 1K");
    allocates_tell(target, "hold 4M 4M");
    allocates_tell(target, "hold 1M 1K");
    struct survey_range block = find_large_block(target);
    assert_true(block.start > 0);
    struct survey_range part = {block.start + 64 * KIBIBYTE, block.end - MEBIBYTE};
    look_at_pages(&seen, target, IMAGE_ALL, part);
    expect_sound(&seen, target);
    expect_near("in use", seen.in_use, 6 * MEBIBYTE - (double)(part.end - part.start),
                64 * KIBIBYTE);
}

static void what_only_looks_like_a_block_is_left_out(void **state)
{
    struct allocates *target = *state;
    struct seen seen;
    allocates_tell(target, "hold 3M 3M");
    allocates_tell(target, "decoy 1M 1M"); /* one too many */
    look_soundly(&seen, target);
    expect_share("in use", seen.in_use, 3 * MEBIBYTE);
    allocates_tell(target, "hold 5M 5M");
    allocates_tell(target, "decoy 64K 24K"); /* two too many, the second of which ends nowhere */
    look_soundly(&seen, target);
    expect_share("in use", seen.in_use, 8 * MEBIBYTE);
}

/* Where malloc keeps what in the target. */
static void find_arenas(struct ptmalloc_arenas *arenas, const struct allocates *target)
{
    struct image image;
    struct error err = {0};
    assert_int_equal(image_open_process(&image, target->pid, IMAGE_ALL, &err), 0);
    assert_true(ptmalloc_arenas_find(arenas, &image));
    image_close(&image);
}

/* Writes a word into the target. */
static void poke(const struct allocates *target, uint64_t address, uint64_t word)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/mem", target->pid);
    int memory = open(path, O_WRONLY | O_CLOEXEC);
    assert_int_equal(pwrite(memory, &word, sizeof word, (off_t)address), sizeof word);
    close(memory);
}

static void a_malloc_that_is_not_known_is_not_claimed(void **state)
{
    struct allocates *target = *state;
    struct seen seen;
    struct ptmalloc_arenas arenas;
    allocates_tell(target, "hold 1M 1K");
    find_arenas(&arenas, target);
    enum { A_BIN = 112 + 16 * 20 };
    poke(target, arenas.arenas[0].address + A_BIN, arenas.arenas[0].address);
    ptmalloc_arenas_clear(&arenas);
    look(&seen, target);
    assert_int_equal(seen.claimed, 0);
    assert_int_equal(seen.blocks, 0);
    assert_true(metric_is_absent(seen.forecast));
    assert_true(metric_is_absent(seen.malloc_live));
    assert_true(metric_is_absent(seen.malloc_in_use));
}

static void an_arena_that_is_not_consistent_is_left_out(void **state)
{
    struct allocates *target = *state;
    struct seen seen;
    struct ptmalloc_arenas arenas;
    allocates_tell(target, "hold 1M 1K");
    allocates_tell(target, "threads 1 hold 2M 1K");
    allocates_tell(target, "threads 1 hold 4M 1K");
    find_arenas(&arenas, target);
    assert_int_equal(arenas.arena_count, 3);
    assert_int_equal(arenas.segment_count, 2);
    poke(target, arenas.segments[0].start, 1); /* whose heap it is */
    ptmalloc_arenas_clear(&arenas);
    look(&seen, target);
    expect_near("sum of the owners", seen.in_use + seen.releasable + seen.pinned + seen.metadata,
                seen.claimed, 0);
    double left = seen.in_use < 4 * MEBIBYTE ? 3 : 5;
    expect_near("in use", seen.in_use, left * MEBIBYTE, 128 * KIBIBYTE);
}

static void a_heap_is_claimed_as_far_as_its_chunks_lead(void **state)
{
    struct allocates *target = *state;
    struct seen seen;
    struct ptmalloc_arenas arenas;
    allocates_tell(target, "hold 1M 1K");
    find_arenas(&arenas, target);
    uint64_t chunk = arenas.arenas[0].top - 512 * (uint64_t)1040; /* a block with its header */
    ptmalloc_arenas_clear(&arenas);
    poke(target, chunk + 8, 24);
    look(&seen, target);
    expect_near("sum of the owners", seen.in_use + seen.releasable + seen.pinned + seen.metadata,
                seen.claimed, 0);
    expect_near("in use", seen.in_use, MEBIBYTE / 2.0, 16 * KIBIBYTE);
}

/* ---- other settings ---- */

static void check_with(const char *variable)
{
    struct allocates target;
    struct seen seen;
    allocates_start(&target, (const char *const[]){variable, NULL});
    allocates_tell(&target, "hold 1M 600");
    allocates_tell(&target, "pin 4M 1K 8");
    allocates_tell(&target, "threads 3 random 7 5000");
    allocates_tell(&target, "hold 2M 2M");
    look_soundly(&seen, &target);
    trim_as_forecast(&seen, &target);
    allocates_end(&target);
}

static void tunables_change_nothing(void **state)
{
    (void)state;
    check_with("GLIBC_TUNABLES=glibc.malloc.tcache_count=0");
    check_with("GLIBC_TUNABLES=glibc.malloc.tcache_count=1000");
    check_with("GLIBC_TUNABLES=glibc.malloc.tcache_max=100");
    check_with("MALLOC_ARENA_MAX=1");
    check_with("MALLOC_MMAP_THRESHOLD_=65536");
    check_with("MALLOC_TOP_PAD_=16777216");
    check_with("MALLOC_PERTURB_=85");
    check_with("GLIBC_TUNABLES=glibc.malloc.hugetlb=1");
}

/* With one arena, tcaches lie wherever there was room: also in chunks that are longer than need be.
 */
static void every_tcache_is_found_in_a_crowded_arena(void **state)
{
    (void)state;
    struct allocates target;
    struct seen seen;
    allocates_start(&target, (const char *const[]){"MALLOC_ARENA_MAX=1", NULL});
    allocates_tell(&target, "random 3 20000");
    allocates_tell(&target, "threads 20 random 11 2000");
    look_soundly(&seen, &target);
    allocates_end(&target);
}

static void a_top_with_others_behind_it_is_not_forecast(void **state)
{
    (void)state;
    struct allocates target;
    struct seen seen;
    allocates_start(&target, (const char *const[]){"MALLOC_TRIM_THRESHOLD_=1073741824", NULL});
    allocates_tell(&target, "hold 8M 1K");
    allocates_tell(&target, "drop");
    look_soundly(&seen, &target);
    expect_share("forecast", seen.forecast, 8 * MEBIBYTE);
    allocates_tell(&target, "foreign 4096");
    look_soundly(&seen, &target);
    expect_share("releasable", seen.releasable, 8 * MEBIBYTE);
    trim_as_forecast(&seen, &target);
    expect_share("releasable after the trim", seen.releasable, 8 * MEBIBYTE);
    allocates_end(&target);
}

/* Free chunks start at every distance to a page's end. Of those where only their links lie across
 * it, a trim leaves one page more. */
static void the_page_that_holds_the_links_stays(void **state)
{
    struct allocates *target = *state;
    struct seen seen;
    allocates_tell(target, "pin 32M 8168 2");
    look_soundly(&seen, target);
    double before = (double)allocates_number(target, "anonymous");
    allocates_tell(target, "trim");
    expect_near("forecast", seen.forecast, before - (double)allocates_number(target, "anonymous"),
                16 * KIBIBYTE);
}

/* ---- any sequence ---- */

static void any_sequence_is_explained(void **state)
{
    (void)state;
    unsigned seed = (unsigned)time(NULL);
    print_message("seed %u\n", seed);
    for (unsigned i = 0; i < 4; i++) {
        struct allocates target;
        struct seen seen;
        allocates_start(&target, NULL);
        allocates_tell(&target, "random %u %u", seed + i, 1000u << i);
        allocates_tell(&target, "threads %u random %u 8000", 1 + i, seed + 100 * i);
        allocates_tell(&target, "exits 2 random %u 5000", seed + 100 * i + 50);
        allocates_tell(&target, "random %u 10000", seed + 100 * i + 99);
        look_soundly(&seen, &target);
        trim_as_forecast(&seen, &target);
        allocates_tell(&target, "drop");
        look_soundly(&seen, &target);
        trim_as_forecast(&seen, &target);
        allocates_end(&target);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_fresh_process_is_explained, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_held_is_in_use, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_freed_below_a_survivor_is_releasable, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(free_memory_between_survivors_is_pinned, setup, teardown),
        cmocka_unit_test_setup_teardown(free_memory_is_releasable_only_in_whole_pages, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_block_with_a_mapping_of_its_own_is_in_use, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_was_never_touched_is_not_resident_but_counts_as_live,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(aligned_and_resized_blocks_are_found, setup, teardown),
        cmocka_unit_test_setup_teardown(a_lower_threshold_gives_small_blocks_mappings, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_higher_threshold_puts_large_blocks_into_the_heap, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(arenas_of_threads_are_found_with_all_their_heaps, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(the_top_of_a_threads_arena_is_releasable_but_not_forecast,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(chunks_in_tcaches_are_free_but_pinned, setup, teardown),
        cmocka_unit_test_setup_teardown(chunks_in_fastbins_are_merged_as_a_trim_would, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(some_chunks_in_fastbins_are_pinned, setup, teardown),
        cmocka_unit_test_setup_teardown(a_heap_beyond_4_gib_is_found_from_its_start, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(other_users_of_sbrk_are_left_out, setup, teardown),
        cmocka_unit_test_setup_teardown(everything_dropped_is_free, setup, teardown),
        cmocka_unit_test_setup_teardown(a_heap_goes_on_in_mappings_when_sbrk_fails, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_child_counts_only_what_it_wrote, setup, teardown),
        cmocka_unit_test_setup_teardown(what_others_have_claimed_in_a_block_stays_theirs, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_only_looks_like_a_block_is_left_out, setup, teardown),
        cmocka_unit_test_setup_teardown(a_malloc_that_is_not_known_is_not_claimed, setup, teardown),
        cmocka_unit_test_setup_teardown(an_arena_that_is_not_consistent_is_left_out, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_heap_is_claimed_as_far_as_its_chunks_lead, setup,
                                        teardown),
        cmocka_unit_test(tunables_change_nothing),
        cmocka_unit_test(every_tcache_is_found_in_a_crowded_arena),
        cmocka_unit_test(a_top_with_others_behind_it_is_not_forecast),
        cmocka_unit_test_setup_teardown(the_page_that_holds_the_links_stays, setup, teardown),
        cmocka_unit_test(any_sequence_is_explained),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
