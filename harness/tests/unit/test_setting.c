#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "plan/setting.h"
#include "tests/support/contains.h"
#include "tests/support/fake_worker.h"
#include "tests/support/scratch.h"

struct settings {
    struct setting *items;
    size_t count;
    struct error err;
};

static int parse(struct settings *settings, const char *text)
{
    settings->err = (struct error){0};
    return setting_parse(text, &settings->items, &settings->count, &settings->err);
}

static void clear(struct settings *settings)
{
    for (size_t i = 0; i < settings->count; i++) {
        setting_clear(&settings->items[i]);
    }
    free(settings->items);
    *settings = (struct settings){0};
}

static void assert_refused(const char *text, const char *message, const char *hint)
{
    struct settings settings = {0};
    assert_int_equal(parse(&settings, text), -1);
    assert_contains(settings.err.message, message);
    assert_contains(settings.err.hint, hint);
    clear(&settings);
}

/* ---- names ---- */

static void an_unknown_name_is_refused_with_the_nearest(void **state)
{
    (void)state;
    assert_refused("glbic", "unknown allocator 'glbic'", "did you mean 'glibc'?");
    assert_refused("glibc,jemaloc", "unknown allocator 'jemaloc'", "did you mean 'jemalloc'?");
    assert_refused("mine=mimaloc;A=1", "unknown allocator 'mimaloc'", "did you mean 'mimalloc'");
}

static void a_name_that_is_near_none_is_refused_with_all_of_them(void **state)
{
    (void)state;
    assert_refused("hoard", "unknown allocator 'hoard'",
                   "known are glibc, glibc-arena1, glibc-tuned, tcmalloc");
    assert_refused("glibc,", "unknown allocator ''", "known are glibc");
    assert_refused("mine=./libmine.so", "unknown allocator './libmine.so'",
                   "NAME=/path/to/library.so");
}

static void a_definition_may_not_take_a_bad_name(void **state)
{
    (void)state;
    static const char form[] = "write NAME=BASE[;VARIABLE=VALUE]...";
    assert_refused("=glibc", "'' cannot be the name", form);
    assert_refused("my own=glibc", "'my own' cannot be the name", form);
    assert_refused("-mine=glibc", "'-mine' cannot be the name", form);
    assert_refused("a,b=glibc", "'a,b' cannot be the name", form);
    assert_refused("gl\033bc=glibc", "cannot be the name", form);
    char longest[80];
    memset(longest, 'a', 65);
    memcpy(longest + 65, "=glibc", 7);
    assert_refused(longest, "cannot be the name", form);
}

static void a_definition_may_not_take_the_name_of_a_listed_allocator(void **state)
{
    (void)state;
    assert_refused("jemalloc=glibc", "'jemalloc' cannot be the name", "take another");
}

static void a_definition_is_refused_for_a_bad_variable(void **state)
{
    (void)state;
    assert_refused("mine=glibc;LD_PRELOAD=/x.so", "LD_PRELOAD", "define an allocator");
    assert_refused("mine=glibc;=1", "'=1' is not an environment variable", "NAME=VALUE");
    assert_refused("mine=glibc;", "'' is not an environment variable", "NAME=VALUE");
    unsetenv("MEMBENCH_TEST_COLOUR");
    assert_refused("mine=glibc;MEMBENCH_TEST_COLOUR", "is not set", "MEMBENCH_TEST_COLOUR=VALUE");
}

static void a_name_given_twice_is_refused(void **state)
{
    (void)state;
    assert_refused("glibc,glibc", "the allocator 'glibc' is given twice", "each name once");
    struct settings settings = {0};
    assert_int_equal(parse(&settings, "mine=glibc"), 0);
    assert_int_equal(parse(&settings, "mine=glibc;A=1"), -1);
    assert_string_equal(settings.err.message, "the allocator 'mine' is given twice");
    clear(&settings);
}

/* ---- listed allocators ---- */

static void a_list_of_names_keeps_its_order(void **state)
{
    (void)state;
    struct settings settings = {0};
    assert_int_equal(parse(&settings, "own=glibc"), 0);
    assert_int_equal(parse(&settings, "jemalloc-background,glibc"), 0);
    assert_int_equal(settings.count, 3);
    assert_string_equal(settings.items[0].name, "own");
    assert_string_equal(settings.items[1].name, "jemalloc-background");
    assert_string_equal(settings.items[1].proof.family, "jemalloc");
    assert_contains(settings.items[1].environment.items[0], "MALLOC_CONF=background_thread:true");
    assert_string_equal(settings.items[2].name, "glibc");
    assert_null(settings.items[2].library);
    clear(&settings);
}

static void a_definition_adds_its_variables_to_those_of_its_base(void **state)
{
    (void)state;
    struct settings settings = {0};
    assert_int_equal(parse(&settings, "mine=tcmalloc-aggressive;A=1;B=x=y"), 0);
    const struct setting *mine = &settings.items[0];
    cleanup_free char *environment = text_join(&mine->environment, " ");
    assert_string_equal(environment, "TCMALLOC_AGGRESSIVE_DECOMMIT=true A=1 B=x=y");
    assert_true(mine->is_available);
    assert_null(mine->reason);
    clear(&settings);
}

/* Says for this family that ld.so did not find its libraries. */
static char *hide_family(const char *family)
{
    struct error err;
    cleanup_free char *directory = file_program_directory(&err);
    char *path = text_format("%s/without-%s", directory, family);
    assert_int_equal(file_write(path, "", 0, &err), 0);
    return path;
}

static void a_library_that_is_missing_makes_the_setting_unavailable(void **state)
{
    (void)state;
    struct settings settings = {0};
    cleanup_free char *hidden = hide_family("mimalloc");
    int failed = parse(&settings, "mimalloc");
    unlink(hidden);
    assert_int_equal(failed, 0);
    assert_false(settings.items[0].is_available);
    assert_string_equal(settings.items[0].reason, "libmimalloc.so.2.0 is not installed");
    assert_string_equal(settings.items[0].hint, "apt-get install libmimalloc2.0");
    clear(&settings);
}

static void setting_defaults_are_the_stock_allocators_that_are_installed(void **state)
{
    (void)state;
    struct settings settings = {0};
    cleanup_free char *tcmalloc = hide_family("tcmalloc");
    cleanup_free char *scudo = hide_family("scudo");
    int failed = setting_defaults(&settings.items, &settings.count, &settings.err);
    unlink(tcmalloc);
    unlink(scudo);
    assert_int_equal(failed, 0);
    assert_int_equal(settings.count, 4);
    assert_string_equal(settings.items[0].name, "glibc");
    assert_string_equal(settings.items[1].name, "jemalloc");
    assert_string_equal(settings.items[2].name, "mimalloc");
    assert_string_equal(settings.items[3].name, "tbbmalloc");
    clear(&settings);
}

/* ---- knobs ---- */

static void a_misspelt_knob_is_an_error_that_names_the_setting(void **state)
{
    (void)state;
    assert_refused("mine=glibc;MALLOC_ARENA_MX=2",
                   "the allocator 'mine': glibc reads no variable 'MALLOC_ARENA_MX'",
                   "did you mean 'MALLOC_ARENA_MAX'");
}

/* scudo ends a program at a bad value. */
static void a_malloc_that_stops_at_its_setting_is_no_missing_library(void **state)
{
    (void)state;
    assert_refused("mine=jemalloc;FAKE_SILENCE=<jemalloc>: Invalid conf pair: bogus:1",
                   "Invalid conf pair: bogus:1", "the manual of jemalloc");
}

static void a_knob_that_cannot_be_read_back_is_a_warning(void **state)
{
    (void)state;
    struct settings settings = {0};
    assert_int_equal(parse(&settings, "mine=tcmalloc;TCMALLOC_RELEASE_RATE=5"), 0);
    assert_true(settings.items[0].is_available);
    assert_int_equal(settings.items[0].warnings.count, 1);
    assert_string_equal(settings.items[0].warnings.items[0],
                        "TCMALLOC_RELEASE_RATE cannot be read back");
    clear(&settings);
}

/* ---- proofs ---- */

static void a_setting_whose_proof_fails_is_unavailable_for_that_reason(void **state)
{
    (void)state;
    struct settings settings = {0};
    assert_int_equal(parse(&settings, "mine=glibc;FAKE_DOUBT=free is another's"), 0);
    assert_false(settings.items[0].is_available);
    assert_string_equal(settings.items[0].reason, "free is another's");
    assert_contains(settings.items[0].hint, "cannot prove");
    clear(&settings);
}

static void a_worker_that_does_not_start_makes_the_setting_unavailable(void **state)
{
    (void)state;
    struct settings settings = {0};
    assert_int_equal(parse(&settings, "mine=glibc;FAKE_SILENCE=symbol\033 lookup error"), 0);
    assert_false(settings.items[0].is_available);
    assert_string_equal(settings.items[0].reason,
                        "no program starts with 'glibc': symbol? lookup error");
    clear(&settings);
}

static void without_a_worker_nothing_can_be_set(void **state)
{
    (void)state;
    struct error err;
    struct settings settings = {0};
    cleanup_free char *directory = file_program_directory(&err);
    cleanup_free char *worker = text_format("%s/membench-worker", directory);
    cleanup_free char *away = text_format("%s/away", directory);
    assert_int_equal(rename(worker, away), 0);
    int failed = parse(&settings, "mine=glibc");
    assert_int_equal(rename(away, worker), 0);
    assert_int_equal(failed, -1);
    assert_contains(settings.err.message, "cannot execute");
    clear(&settings);
}

/* ---- libraries by their path ---- */

/* What the beginning of a library for this machine looks like. */
static Elf64_Ehdr library_header(void)
{
    Elf64_Ehdr header;
    cleanup_close int program = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    assert_int_equal(read(program, &header, sizeof header), sizeof header);
    header.e_type = ET_DYN;
    return header;
}

static void assert_unavailable(const char *path, const char *reason)
{
    struct settings settings = {0};
    cleanup_free char *definition = text_format("mine=%s", path);
    assert_int_equal(parse(&settings, definition), 0);
    assert_int_equal(settings.count, 1);
    assert_false(settings.items[0].is_available);
    assert_contains(settings.items[0].reason, reason);
    assert_true(settings.items[0].hint[0] != '\0');
    clear(&settings);
}

static void assert_header_refused(void *const *state, const Elf64_Ehdr *header, const char *reason)
{
    cleanup_free char *path = scratch_write(state, "libmine.so", header, sizeof *header);
    assert_unavailable(path, reason);
}

static void a_file_that_is_no_library_is_unavailable(void **state)
{
    cleanup_free char *missing = scratch_path(state, "missing.so");
    assert_unavailable(missing, "there is no such file");
    assert_unavailable(*state, "it is not a file");
    assert_unavailable("/dev/null", "it is not a file");
    cleanup_free char *text = scratch_write_text(state, "text.so", "INPUT(libmine.so.1)\n");
    assert_unavailable(text, "it is not an ELF file");
    cleanup_free char *empty = scratch_write_text(state, "empty.so", "");
    assert_unavailable(empty, "it is not an ELF file");
    cleanup_free char *start = scratch_write_text(state, "short.so", ELFMAG);
    assert_unavailable(start, "it is not an ELF file");
}

static void a_library_for_another_machine_is_unavailable(void **state)
{
    Elf64_Ehdr header = library_header();
    header.e_ident[EI_CLASS] = ELFCLASS32;
    assert_header_refused(state, &header, "it is a 32-bit library");
    header = library_header();
    header.e_machine = EM_S390;
    assert_header_refused(state, &header, "it is made for another processor");
}

static void an_object_file_is_unavailable(void **state)
{
    Elf64_Ehdr header = library_header();
    header.e_type = ET_REL;
    assert_header_refused(state, &header, "it is not a shared library");
}

static void a_path_that_ldso_would_split_is_unavailable(void **state)
{
    Elf64_Ehdr header = library_header();
    cleanup_free char *space = scratch_write(state, "lib mine.so", &header, sizeof header);
    assert_unavailable(space, "a space or a colon");
    cleanup_free char *colon = scratch_write(state, "lib:mine.so", &header, sizeof header);
    assert_unavailable(colon, "a space or a colon");
}

static void a_library_is_known_by_its_real_path(void **state)
{
    struct settings settings = {0};
    Elf64_Ehdr header = library_header();
    cleanup_free char *path = scratch_write(state, "libmine.so.1", &header, sizeof header);
    cleanup_free char *link_path = scratch_path(state, "libmine.so");
    assert_int_equal(symlink("libmine.so.1", link_path), 0);
    cleanup_free char *definition = text_format("mine=%s;A=1", link_path);
    cleanup_free char *real = realpath(path, NULL);
    assert_int_equal(parse(&settings, definition), 0);
    assert_true(settings.items[0].is_available);
    assert_null(settings.items[0].allocator);
    assert_string_equal(settings.items[0].library, real);
    assert_string_equal(settings.items[0].proof.library, real);
    clear(&settings);
}

int main(int argc, char **argv)
{
    fake_worker_begin(argc, argv);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_unknown_name_is_refused_with_the_nearest),
        cmocka_unit_test(a_name_that_is_near_none_is_refused_with_all_of_them),
        cmocka_unit_test(a_definition_may_not_take_a_bad_name),
        cmocka_unit_test(a_definition_may_not_take_the_name_of_a_listed_allocator),
        cmocka_unit_test(a_definition_is_refused_for_a_bad_variable),
        cmocka_unit_test(a_name_given_twice_is_refused),
        cmocka_unit_test(a_list_of_names_keeps_its_order),
        cmocka_unit_test(a_definition_adds_its_variables_to_those_of_its_base),
        cmocka_unit_test(a_library_that_is_missing_makes_the_setting_unavailable),
        cmocka_unit_test(setting_defaults_are_the_stock_allocators_that_are_installed),
        cmocka_unit_test(a_misspelt_knob_is_an_error_that_names_the_setting),
        cmocka_unit_test(a_malloc_that_stops_at_its_setting_is_no_missing_library),
        cmocka_unit_test(a_knob_that_cannot_be_read_back_is_a_warning),
        cmocka_unit_test(a_setting_whose_proof_fails_is_unavailable_for_that_reason),
        cmocka_unit_test(a_worker_that_does_not_start_makes_the_setting_unavailable),
        cmocka_unit_test(without_a_worker_nothing_can_be_set),
        scratch_test(a_file_that_is_no_library_is_unavailable),
        scratch_test(a_library_for_another_machine_is_unavailable),
        scratch_test(an_object_file_is_unavailable),
        scratch_test(a_path_that_ldso_would_split_is_unavailable),
        scratch_test(a_library_is_known_by_its_real_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
