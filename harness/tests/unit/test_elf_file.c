#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "inspect/elf_file.h"
#include "tests/support/puppet.h"

enum { PAGE = IMAGE_PAGE, LARGE = 3 << 20 };

/* Variables of this program that are zero at first: bss. */
static char large[LARGE] __attribute__((aligned(PAGE)));

static void touch_a_third(struct puppet *self, void *argument)
{
    (void)argument;
    for (size_t at = 0; at < LARGE / 3; at += PAGE) {
        ((volatile char *)large)[at] = 1;
    }
    puppet_say(self, 0);
    puppet_hear(self);
}

static void open_image(struct image *image, pid_t pid)
{
    struct error err;
    if (image_open_process(image, pid, IMAGE_ALL, &err)) {
        fail_msg("%s", err.message);
    }
}

static void an_exported_symbol_is_where_the_loader_put_it(void **state)
{
    (void)state;
    struct image image;
    open_image(&image, getpid());
    const char *const names[] = {"qsort", "environ", "fopen"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        uint64_t expected = (uint64_t)(uintptr_t)dlsym(dlopen("libc.so.6", RTLD_LAZY), names[i]);
        assert_int_equal(elf_file_symbol_of(&image, "libc.so", names[i]), expected);
    }
    assert_int_equal(elf_file_symbol_of(&image, "libc.so", "no_such_symbol"), 0);
    assert_int_equal(elf_file_symbol_of(&image, "no_such_library", "qsort"), 0);
    uint64_t debug = (uint64_t)(uintptr_t)dlsym(RTLD_DEFAULT, "_r_debug");
    assert_int_equal(elf_file_symbol_anywhere(&image, "_r_debug"), debug);
    image_close(&image);
}

static void constants_are_read_from_the_file(void **state)
{
    (void)state;
    struct image image;
    struct elf_file file;
    open_image(&image, getpid());
    assert_int_equal(elf_file_open(&file, &image, elf_file_find(&image, "libc.so")), 0);
    uint64_t address = elf_file_symbol(&file, "_thread_db_sizeof_pthread");
    const uint32_t *data = elf_file_data(&file, address, sizeof *data);
    assert_non_null(data);
    assert_memory_equal(data, (const void *)(uintptr_t)address, sizeof *data);
    assert_null(elf_file_data(&file, 4096, 4));
    elf_file_close(&file);
    image_close(&image);
}

static void what_is_no_program_is_not_opened(void **state)
{
    (void)state;
    struct image image;
    struct elf_file file;
    open_image(&image, getpid());
    for (size_t i = 0; i < image.mapping_count; i++) {
        if (image.mappings[i].path[0] != '/') {
            assert_int_equal(elf_file_open(&file, &image, &image.mappings[i]), -1);
        }
    }
    image_close(&image);
}

struct bss {
    double all, large; /* bytes, the second of this program's variable */
};

static struct bss bss_of(pid_t pid)
{
    struct image image;
    struct survey survey;
    open_image(&image, pid);
    survey_init(&survey, &image, "");
    elf_file_survey(&survey);
    uint64_t start = (uint64_t)(uintptr_t)large;
    struct bss bss = {
        .all = survey.values[METRIC_OWNER_BSS],
        .large = (double)image_resident(&image, start, start + LARGE, RESIDENT_ANON),
    };
    assert_true(survey_is_claimed(&survey, start));
    survey_clear(&survey);
    image_close(&image);
    return bss;
}

static void touched_bss_is_counted_and_untouched_is_not(void **state)
{
    (void)state;
    struct puppet puppet;
    puppet_start(&puppet, touch_a_third, NULL);
    puppet_hear(&puppet);
    struct bss third = bss_of(puppet.pid);
    puppet_end(&puppet);
    memset(large, 1, LARGE); /* the next puppet has all of it */
    puppet_start(&puppet, touch_a_third, NULL);
    puppet_hear(&puppet);
    struct bss whole = bss_of(puppet.pid);
    puppet_end(&puppet);
    assert_in_range((uintmax_t)third.large, LARGE / 3, LARGE / 3 + 2 * PAGE);
    assert_true(whole.large == LARGE);
    /* What is left are the variables of the libraries. */
    assert_in_range((uintmax_t)(third.all - third.large), PAGE, 1 << 20);
    assert_in_range((uintmax_t)(whole.all - whole.large), PAGE, 1 << 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_exported_symbol_is_where_the_loader_put_it),
        cmocka_unit_test(constants_are_read_from_the_file),
        cmocka_unit_test(what_is_no_program_is_not_opened),
        cmocka_unit_test(touched_bss_is_counted_and_untouched_is_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
