#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/random.h"
#include "inspect/image.h"
#include "measure/procfs.h"
#include "tests/support/puppet.h"
#include "tests/support/scratch.h"

enum { PAGE = IMAGE_PAGE, PAGES = 64, HUGE = 2 << 20 };

/* Mapped by the test before it forks the puppet, so that both know the address; touched by the
 * puppet alone. */
static char *map_pages(size_t count)
{
    char *memory = mmap(NULL, count * PAGE, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    assert_true(memory != MAP_FAILED);
    madvise(memory, count * PAGE, MADV_NOHUGEPAGE);
    return memory;
}

struct stage {
    struct puppet puppet;
    char *memory;
    size_t pages;
    struct image image;
};

/* Starts a puppet that acts on fresh memory, and opens its image when it stands still. */
static void set(struct stage *stage, size_t pages, enum image_pages which,
                void (*act)(struct puppet *self, void *memory))
{
    struct error err;
    stage->memory = map_pages(pages);
    stage->pages = pages;
    puppet_start(&stage->puppet, act, stage->memory);
    puppet_hear(&stage->puppet);
    if (image_open_process(&stage->image, stage->puppet.pid, which, &err)) {
        fail_msg("%s", err.message);
    }
}

static void strike(struct stage *stage)
{
    image_close(&stage->image);
    puppet_end(&stage->puppet);
    munmap(stage->memory, stage->pages * PAGE);
}

static uint64_t address_of(const void *memory)
{
    return (uint64_t)(uintptr_t)memory;
}

static uint64_t resident(struct stage *stage, enum resident_kind kind)
{
    uint64_t start = address_of(stage->memory);
    return image_resident(&stage->image, start, start + stage->pages * PAGE, kind);
}

static void stand_still(struct puppet *self)
{
    puppet_say(self, 0);
    puppet_hear(self);
}

static void touch_every_second(struct puppet *self, void *memory)
{
    for (size_t i = 0; i < PAGES; i += 2) {
        ((char *)memory)[i * PAGE] = 1;
    }
    stand_still(self);
}

static void only_touched_pages_are_resident(void **state)
{
    (void)state;
    struct stage stage;
    set(&stage, PAGES, IMAGE_ALL, touch_every_second);
    assert_int_equal(resident(&stage, RESIDENT_ANON), PAGES / 2 * PAGE);
    assert_int_equal(resident(&stage, RESIDENT_FILE), 0);
    strike(&stage);
}

static void resident_bytes_are_cut_to_the_byte(void **state)
{
    (void)state;
    struct stage stage;
    set(&stage, PAGES, IMAGE_ALL, touch_every_second);
    uint64_t start = address_of(stage.memory);
    assert_int_equal(image_resident(&stage.image, start + 100, start + 300, RESIDENT_ANON), 200);
    assert_int_equal(
        image_resident(&stage.image, start + PAGE - 1, start + 2 * PAGE + 1, RESIDENT_ANON), 2);
    assert_int_equal(image_resident(&stage.image, start + PAGE, start + PAGE + 9, RESIDENT_ANON),
                     0);
    assert_int_equal(image_resident(&stage.image, start, start, RESIDENT_ANON), 0);
    strike(&stage);
}

/* Look-ups keep their place, so an order in which they go back must find the same. */
static void look_ups_in_any_order_agree(void **state)
{
    (void)state;
    struct stage stage;
    set(&stage, PAGES, IMAGE_ALL, touch_every_second);
    uint64_t start = address_of(stage.memory);
    struct random random = {20};
    for (int i = 0; i < 2000; i++) {
        uint64_t page = random_below(&random, PAGES);
        uint64_t at = start + page * PAGE;
        assert_int_equal(image_resident(&stage.image, at, at + PAGE, RESIDENT_ANON),
                         page % 2 ? 0 : PAGE);
    }
    strike(&stage);
}

static void reading_makes_nothing_resident(void **state)
{
    (void)state;
    struct stage stage;
    struct error err;
    set(&stage, PAGES, IMAGE_ALL, touch_every_second);
    char *copy = malloc(PAGES * PAGE);
    assert_int_equal(image_read(&stage.image, address_of(stage.memory), copy, PAGES * PAGE), 0);
    for (size_t i = 0; i < PAGES; i++) {
        assert_int_equal(copy[i * PAGE], i % 2 ? 0 : 1);
        assert_non_null(image_view(&stage.image, address_of(stage.memory) + i * PAGE, PAGE));
    }
    free(copy);
    image_close(&stage.image);
    assert_int_equal(image_open_process(&stage.image, stage.puppet.pid, IMAGE_EXCLUSIVE, &err), 0);
    assert_int_equal(resident(&stage, RESIDENT_ANON), PAGES / 2 * PAGE);
    assert_int_equal(resident(&stage, RESIDENT_BORROWED), 0);
    strike(&stage);
}

static void read_only(struct puppet *self, void *memory)
{
    volatile const char *bytes = memory;
    for (size_t i = 0; i < PAGES; i++) {
        (void)bytes[i * PAGE];
    }
    stand_still(self);
}

static void the_zero_page_is_not_resident(void **state)
{
    (void)state;
    struct stage stage;
    set(&stage, PAGES, IMAGE_ALL, read_only);
    if (resident(&stage, RESIDENT_ANON) == PAGES * PAGE) {
        strike(&stage);
        print_message("not told before Linux 6.7\n");
        skip();
    }
    assert_int_equal(resident(&stage, RESIDENT_ANON), 0);
    strike(&stage);
}

enum { MANY = 40000 };

static void touch_many(struct puppet *self, void *memory)
{
    for (size_t i = 0; i < MANY; i += 2) {
        ((char *)memory)[i * PAGE] = 1;
    }
    stand_still(self);
}

/* More runs than one scan brings: none may be lost or told twice. */
static void thousands_of_runs_are_all_told_once(void **state)
{
    (void)state;
    struct stage stage;
    set(&stage, MANY, IMAGE_ALL, touch_many);
    assert_int_equal(resident(&stage, RESIDENT_ANON), MANY / 2 * PAGE);
    for (size_t i = 1; i < stage.image.run_count; i++) {
        assert_true(stage.image.runs[i].start >= stage.image.runs[i - 1].end);
    }
    strike(&stage);
}

static void all_runs_together_are_rss(void **state)
{
    (void)state;
    struct stage stage;
    set(&stage, PAGES, IMAGE_ALL, touch_every_second);
    uint64_t sum = 0;
    for (size_t i = 0; i < stage.image.run_count; i++) {
        sum += stage.image.runs[i].end - stage.image.runs[i].start;
    }
    int process = procfs_open(stage.puppet.pid);
    struct procfs_rollup rollup;
    assert_int_equal(procfs_rollup(process, &rollup), 0);
    close(process);
    assert_int_equal(sum, rollup.rss);
    strike(&stage);
}

static void fill_with_numbers(struct puppet *self, void *memory)
{
    for (uint32_t i = 0; i < PAGES * PAGE / sizeof i; i++) {
        ((uint32_t *)memory)[i] = i;
    }
    stand_still(self);
}

static void views_and_reads_bring_what_is_there(void **state)
{
    (void)state;
    struct stage stage;
    set(&stage, PAGES, IMAGE_ALL, fill_with_numbers);
    struct random random = {7};
    for (int i = 0; i < 3000; i++) {
        size_t size = 4 * (1 + random_below(&random, IMAGE_VIEW_MOST / 4));
        size_t at = 4 * random_below(&random, (PAGES * PAGE - size) / 4);
        uint32_t first, last;
        const unsigned char *view = image_view(&stage.image, address_of(stage.memory) + at, size);
        assert_non_null(view);
        memcpy(&first, view, 4);
        memcpy(&last, view + size - 4, 4);
        assert_int_equal(first, at / 4);
        assert_int_equal(last, (at + size - 4) / 4);
    }
    assert_int_equal(image_word(&stage.image, address_of(stage.memory) + 8), 3ULL << 32 | 2);
    strike(&stage);
}

static void what_is_not_mapped_cannot_be_read(void **state)
{
    (void)state;
    struct stage stage;
    char bytes[16];
    set(&stage, PAGES, IMAGE_ALL, touch_every_second);
    assert_int_equal(image_read(&stage.image, 4096, bytes, sizeof bytes), -1);
    assert_null(image_view(&stage.image, 4096, sizeof bytes));
    assert_null(image_view(&stage.image, address_of(stage.memory), IMAGE_VIEW_MOST + 1));
    assert_int_equal(image_word(&stage.image, 8), 0);
    assert_null(image_find(&stage.image, 4096));
    strike(&stage);
}

static void write_half(struct puppet *self, void *memory)
{
    for (size_t i = 0; i < PAGES / 2; i++) {
        ((char *)memory)[i * PAGE] = 2;
    }
    stand_still(self);
}

/* Of a fork's child only what it has written is its own; the rest it shares with its parent. */
static void a_child_owns_what_it_wrote(void **state)
{
    (void)state;
    struct stage stage;
    struct error err;
    char *memory = stage.memory = map_pages(PAGES);
    stage.pages = PAGES;
    memset(memory, 1, PAGES * PAGE);
    puppet_start(&stage.puppet, write_half, memory);
    puppet_hear(&stage.puppet);
    assert_int_equal(image_open_process(&stage.image, stage.puppet.pid, IMAGE_EXCLUSIVE, &err), 0);
    assert_int_equal(resident(&stage, RESIDENT_ANON), PAGES / 2 * PAGE);
    assert_int_equal(resident(&stage, RESIDENT_BORROWED), PAGES / 2 * PAGE);
    /* What is shared is read all the same. */
    assert_int_equal(image_word(&stage.image, address_of(memory) + (PAGES - 1) * PAGE),
                     0x0101010101010101);
    strike(&stage);
}

/* Its parent would be the poorer for it by as much. */
static void reading_leaves_shared_what_is_shared(void **state)
{
    (void)state;
    struct stage stage;
    struct error err;
    char *memory = stage.memory = map_pages(PAGES);
    stage.pages = PAGES;
    memset(memory, 1, PAGES * PAGE);
    puppet_start(&stage.puppet, write_half, memory);
    puppet_hear(&stage.puppet);
    assert_int_equal(image_open_process(&stage.image, stage.puppet.pid, IMAGE_EXCLUSIVE, &err), 0);
    for (size_t i = 0; i < PAGES; i++) {
        assert_non_null(image_view(&stage.image, address_of(memory) + i * PAGE, PAGE));
    }
    image_close(&stage.image);
    assert_int_equal(image_open_process(&stage.image, stage.puppet.pid, IMAGE_EXCLUSIVE, &err), 0);
    assert_int_equal(resident(&stage, RESIDENT_ANON), PAGES / 2 * PAGE);
    assert_int_equal(resident(&stage, RESIDENT_BORROWED), PAGES / 2 * PAGE);
    strike(&stage);
}

static void touch_huge(struct puppet *self, void *memory)
{
    uintptr_t start = ((uintptr_t)memory + HUGE - 1) & ~(uintptr_t)(HUGE - 1);
    madvise((void *)start, 2 * HUGE, MADV_HUGEPAGE);
    ((char *)start)[0] = 1;
    ((char *)start)[HUGE] = 1;
    stand_still(self);
}

static void untouched_parts_of_huge_pages_are_told_apart(void **state)
{
    (void)state;
    struct stage stage;
    set(&stage, 3 * HUGE / PAGE, IMAGE_ALL, touch_huge);
    uint64_t slack = resident(&stage, RESIDENT_HUGE_SLACK);
    uint64_t touched = resident(&stage, RESIDENT_ANON);
    strike(&stage);
    if (slack == 0 && touched == 2 * PAGE) {
        print_message("no huge pages here, or not told before Linux 6.7\n");
        skip();
    }
    assert_int_equal(touched, 2 * PAGE);
    assert_int_equal(slack, 2 * HUGE - 2 * PAGE);
}

static void map_file(struct puppet *self, void *path)
{
    int file = open(path, O_RDONLY);
    volatile char *bytes = mmap(NULL, 8 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 0);
    for (size_t i = 0; i < 8; i++) {
        (void)bytes[i * PAGE];
    }
    bytes[0] = 1;
    puppet_say(self, (long)(intptr_t)bytes);
    puppet_hear(self);
}

static void pages_of_a_file_are_the_files_until_written(void **state)
{
    char *zeros = calloc(8, PAGE);
    char *path = scratch_write(state, "a file", zeros, 8 * (size_t)PAGE);
    struct puppet puppet;
    struct image image;
    struct error err;
    puppet_start(&puppet, map_file, path);
    uint64_t start = (uint64_t)puppet_hear(&puppet);
    assert_int_equal(image_open_process(&image, puppet.pid, IMAGE_ALL, &err), 0);
    assert_int_equal(image_resident(&image, start, start + 8 * PAGE, RESIDENT_ANON), PAGE);
    assert_int_equal(image_resident(&image, start, start + 8 * PAGE, RESIDENT_FILE), 7 * PAGE);
    const struct mapping *mapping = image_find(&image, start);
    assert_string_equal(mapping->path, path); /* also with a space in it */
    assert_true(mapping->is_writable && mapping->is_readable);
    assert_false(mapping->is_executable || mapping->is_shared);
    image_close(&image);
    puppet_end(&puppet);
    free(path);
    free(zeros);
}

static void a_process_that_is_gone_is_an_error(void **state)
{
    (void)state;
    struct puppet puppet;
    struct image image;
    struct error err;
    puppet_start(&puppet, touch_every_second, map_pages(PAGES));
    puppet_hear(&puppet);
    pid_t pid = puppet.pid;
    puppet_end(&puppet);
    assert_int_equal(image_open_process(&image, pid, IMAGE_ALL, &err), -1);
    assert_non_null(strstr(err.message, "cannot read the mappings of process"));
    assert_null(image.source);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_touched_pages_are_resident),
        cmocka_unit_test(resident_bytes_are_cut_to_the_byte),
        cmocka_unit_test(look_ups_in_any_order_agree),
        cmocka_unit_test(reading_makes_nothing_resident),
        cmocka_unit_test(the_zero_page_is_not_resident),
        cmocka_unit_test(thousands_of_runs_are_all_told_once),
        cmocka_unit_test(all_runs_together_are_rss),
        cmocka_unit_test(views_and_reads_bring_what_is_there),
        cmocka_unit_test(what_is_not_mapped_cannot_be_read),
        cmocka_unit_test(a_child_owns_what_it_wrote),
        cmocka_unit_test(reading_leaves_shared_what_is_shared),
        cmocka_unit_test(untouched_parts_of_huge_pages_are_told_apart),
        scratch_test(pages_of_a_file_are_the_files_until_written),
        cmocka_unit_test(a_process_that_is_gone_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
