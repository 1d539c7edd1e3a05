/* Libraries that are no malloc are skipped with the reason, and the allocators beside them are
 * measured; a malloc of the user's own is recognised. */
#include "tests/support/membench.h"

#include <dlfcn.h>
#include <elf.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/file.h"

#define ONE_TRIAL "-n", "1", "--settle", "0"

/* Space for a header and nothing behind it, as ld.so sees it. */
enum { SMALL_LIBRARY = 4096 };

static const char *write_bytes(struct membench *run, const char *name, const void *bytes,
                               size_t length)
{
    struct error err;
    const char *path = membench_path(run, name);
    if (file_write(path, bytes, length, &err)) {
        fail_msg("%s", err.message);
    }
    return path;
}

/* The first bytes of a file, or all of them. */
static const char *write_copy(struct membench *run, const char *name, const char *from, size_t most)
{
    cleanup_fclose FILE *file = fopen(from, "re");
    assert_non_null(file);
    cleanup_free char *bytes = text_allocate(most);
    size_t length = fread(bytes, 1, most, file);
    assert_true(length > 0);
    return write_bytes(run, name, bytes, length);
}

/* A library that is surely here, and surely no malloc: that of the tests. */
static void find_cmocka(char path[PATH_MAX])
{
    Dl_info info;
    assert_true(dladdr(dlsym(RTLD_DEFAULT, "_cmocka_run_group_tests"), &info));
    assert_non_null(realpath(info.dli_fname, path));
}

/* The path of the library of an allocator, as a trial under it tells. */
static const char *find_library(struct membench *run, const char *allocator)
{
    membench_run(run, "-a", allocator, ONE_TRIAL, membench_fixture("idle.py"));
    membench_expect(run, 0);
    text_list_add(&run->owned, membench_field(run, "library"));
    return run->owned.items[run->owned.count - 1];
}

/* Fails unless this library is skipped for that reason, and glibc beside it is measured. */
static void expect_skipped(struct membench *run, const char *library, const char *reason)
{
    cleanup_free char *definition = text_format("mine=%s", library);
    cleanup_free char *subject = text_format("'%s'", library);
    membench_run(run, "-a", "glibc", "-a", definition, ONE_TRIAL, membench_fixture("idle.py"));
    membench_expect(run, 125);
    assert_string_equal(membench_field(run, "outcome", .allocator = "mine"), "skipped");
    membench_expect_text(membench_field(run, "summary", .allocator = "mine"), reason);
    membench_expect_text(membench_field(run, "summary", .allocator = "mine"), subject);
    assert_int_equal(membench_count(run, NULL, NULL, .allocator = "mine"), 1);
    assert_int_equal(membench_count(run, NULL, "rss", .allocator = "mine"), 0);
    membench_expect_text(run->out, "hint: ");

    assert_string_equal(membench_field(run, "outcome", .allocator = "glibc"), "ok");
    assert_true(membench_value(run, "released", "rss", .allocator = "glibc") > 0);
}

/* ---- what is no library ---- */

static void a_missing_library_is_skipped(void **state)
{
    struct membench *run = *state;
    expect_skipped(run, membench_path(run, "missing.so"), "there is no such file");
}

static void a_text_file_is_skipped(void **state)
{
    struct membench *run = *state;
    expect_skipped(run, membench_write(run, "text.so", "this is no library\n"),
                   "it is not an ELF file");
    cleanup_free char *long_text = text_allocate(SMALL_LIBRARY + 1);
    memset(long_text, 'x', SMALL_LIBRARY);
    long_text[SMALL_LIBRARY] = '\0';
    expect_skipped(run, membench_write(run, "text.so", long_text), "it is not an ELF file");
    expect_skipped(run, membench_write(run, "empty.so", ""), "it is not an ELF file");
}

static void a_directory_is_skipped(void **state)
{
    struct membench *run = *state;
    membench_write(run, "directory.so/file", "");
    expect_skipped(run, membench_path(run, "directory.so"), "it is not a file");
}

static void a_device_is_skipped(void **state)
{
    expect_skipped(*state, "/dev/zero", "it is not a file");
}

static void a_32_bit_library_is_skipped(void **state)
{
    struct membench *run = *state;
    union {
        Elf32_Ehdr header;
        char bytes[SMALL_LIBRARY];
    } file = {.header = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS32, ELFDATA2LSB,
                                     EV_CURRENT},
                         .e_type = ET_DYN,
                         .e_machine = EM_386,
                         .e_version = EV_CURRENT,
                         .e_ehsize = sizeof file.header}};
    expect_skipped(run, write_bytes(run, "small.so", &file, sizeof file), "it is a 32-bit library");
}

/* The headers of this program with one field changed. */
static Elf64_Ehdr own_header(void)
{
    Elf64_Ehdr header;
    cleanup_fclose FILE *file = fopen("/proc/self/exe", "re");
    assert_non_null(file);
    assert_int_equal(fread(&header, sizeof header, 1, file), 1);
    return header;
}

static void a_library_for_another_processor_is_skipped(void **state)
{
    struct membench *run = *state;
    Elf64_Ehdr header = own_header();
    header.e_type = ET_DYN;
    header.e_machine = header.e_machine == EM_X86_64 ? EM_AARCH64 : EM_X86_64;
    expect_skipped(run, write_bytes(run, "foreign.so", &header, sizeof header),
                   "it is made for another processor");
}

static void an_object_file_is_skipped(void **state)
{
    struct membench *run = *state;
    Elf64_Ehdr header = own_header();
    header.e_type = ET_REL;
    expect_skipped(run, write_bytes(run, "object.so", &header, sizeof header),
                   "it is not a shared library");
}

static void a_library_that_is_cut_off_is_skipped(void **state)
{
    struct membench *run = *state;
    char cmocka[PATH_MAX];
    find_cmocka(cmocka);
    expect_skipped(run, write_copy(run, "cut.so", cmocka, sizeof(Elf64_Ehdr)), "");
    expect_skipped(run, write_copy(run, "cut.so", cmocka, SMALL_LIBRARY), "");
}

static void a_path_that_cannot_be_preloaded_is_skipped(void **state)
{
    struct membench *run = *state;
    char cmocka[PATH_MAX];
    find_cmocka(cmocka);
    const char *library = write_copy(run, "a library.so", cmocka, 64 << 20);
    expect_skipped(run, library, "a space or a colon");
}

/* ---- what is a library ---- */

static void a_library_that_is_no_malloc_is_skipped(void **state)
{
    struct membench *run = *state;
    char cmocka[PATH_MAX];
    find_cmocka(cmocka);
    expect_skipped(run, cmocka, "malloc comes from");
    membench_expect_text(membench_field(run, "summary", .allocator = "mine"), "libc.so.6'");
}

static void a_copy_of_an_allocator_is_recognised_and_can_be_set(void **state)
{
    struct membench *run = *state;
    const char *copy = write_copy(run, "mine.so", find_library(run, "jemalloc"), 64 << 20);
    cleanup_free char *definition = text_format("mine=%s;MALLOC_CONF=dirty_decay_ms:1234", copy);
    membench_run(run, "-a", "jemalloc", "-a", definition, ONE_TRIAL, membench_fixture("idle.py"));
    membench_expect(run, 0);
    assert_string_equal(membench_field(run, "library", .allocator = "mine"), copy);
    assert_string_not_equal(membench_field(run, "library", .allocator = "jemalloc"), copy);
    membench_expect_text(membench_field(run, "settings", .allocator = "mine"),
                         "dirty_decay_ms=1234");
    assert_null(strstr(membench_field(run, "settings", .allocator = "jemalloc"), "1234"));
    assert_string_equal(membench_field(run, "build_id", .allocator = "mine"),
                        membench_field(run, "build_id", .allocator = "jemalloc"));
    assert_string_equal(membench_field(run, "version", .allocator = "mine"),
                        membench_field(run, "version", .allocator = "jemalloc"));
}

static void a_preload_of_membench_itself_is_ignored_with_a_warning(void **state)
{
    struct membench *run = *state;
    const char *library = find_library(run, "jemalloc");
    membench_set(run, "LD_PRELOAD", library);
    membench_write(run, "looks_up.py",
                   "import os\n"
                   "keeper = os.getppid()\n"
                   "with open(f'/proc/{keeper}/stat') as file:\n"
                   "    supervisor = file.read().rpartition(')')[2].split()[1]\n"
                   "for process in os.getpid(), keeper, supervisor:\n"
                   "    with open(f'/proc/{process}/maps') as file:\n"
                   "        print('jemalloc' in file.read())\n");
    membench_run(run, "-a", "glibc", ONE_TRIAL, "looks_up.py");
    membench_expect(run, 0);
    assert_string_equal(membench_output(run, 1), "False\nFalse\nFalse\n");
    membench_expect_text(run->err, "warning: LD_PRELOAD=");
    membench_expect_text(run->err, library);
    membench_expect_text(run->err, "\nhint: choose allocators with --alloc");
    assert_string_equal(strrchr(membench_field(run, "library"), '/'), "/libc.so.6");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        membench_test(a_missing_library_is_skipped),
        membench_test(a_text_file_is_skipped),
        membench_test(a_directory_is_skipped),
        membench_test(a_device_is_skipped),
        membench_test(a_32_bit_library_is_skipped),
        membench_test(a_library_for_another_processor_is_skipped),
        membench_test(an_object_file_is_skipped),
        membench_test(a_library_that_is_cut_off_is_skipped),
        membench_test(a_path_that_cannot_be_preloaded_is_skipped),
        membench_test(a_library_that_is_no_malloc_is_skipped),
        membench_test(a_copy_of_an_allocator_is_recognised_and_can_be_set),
        membench_test(a_preload_of_membench_itself_is_ignored_with_a_warning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
