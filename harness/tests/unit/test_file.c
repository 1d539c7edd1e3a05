#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/text.h"
#include "tests/support/contains.h"
#include "tests/support/puppet.h"
#include "tests/support/scratch.h"

/* ---- reading ---- */

static void file_read_at_reads_a_small_file_whole(void **state)
{
    cleanup_free char *path = scratch_write_text(state, "small", "one\ntwo\n");
    char text[64];
    assert_int_equal(file_read_at(AT_FDCWD, path, text, sizeof text), 8);
    assert_string_equal(text, "one\ntwo\n");
}

static void file_read_at_looks_in_the_given_directory(void **state)
{
    free(scratch_write_text(state, "small", "here"));
    cleanup_close int directory = open(*state, O_PATH | O_DIRECTORY);
    char text[64];
    assert_int_equal(file_read_at(directory, "small", text, sizeof text), 4);
    assert_string_equal(text, "here");
}

static void file_read_at_cuts_at_its_buffer_and_terminates(void **state)
{
    cleanup_free char *path = scratch_write_text(state, "large", "0123456789");
    char text[5] = "xxxx";
    assert_int_equal(file_read_at(AT_FDCWD, path, text, sizeof text), 4);
    assert_string_equal(text, "0123");
}

static void file_read_at_tells_a_missing_file_by_errno(void **state)
{
    cleanup_free char *path = scratch_path(state, "missing");
    char text[8];
    assert_int_equal(file_read_at(AT_FDCWD, path, text, sizeof text), -1);
    assert_int_equal(errno, ENOENT);
}

static void file_read_at_fails_for_a_directory(void **state)
{
    char text[8];
    assert_int_equal(file_read_at(AT_FDCWD, *state, text, sizeof text), -1);
    assert_int_equal(errno, EISDIR);
}

/* ---- directories ---- */

static void file_make_directories_makes_missing_parents(void **state)
{
    struct error err;
    struct stat status;
    cleanup_free char *path = scratch_path(state, "a/b//c/");
    assert_int_equal(file_make_directories(path, &err), 0);
    assert_int_equal(stat(path, &status), 0);
    assert_true(S_ISDIR(status.st_mode));
    assert_int_equal(file_make_directories(path, &err), 0);
}

static void file_make_directories_takes_relative_paths(void **state)
{
    struct error err;
    cleanup_free char *before = getcwd(NULL, 0);
    assert_int_equal(chdir(*state), 0);
    assert_int_equal(file_make_directories("x/y", &err), 0);
    assert_int_equal(access("x/y", F_OK), 0);
    assert_int_equal(file_make_directories(".", &err), 0);
    assert_int_equal(chdir(before), 0);
}

static void file_make_directories_refuses_a_file_in_its_way(void **state)
{
    struct error err;
    cleanup_free char *file = scratch_write_text(state, "file", "");
    cleanup_free char *below = scratch_path(state, "file/below");
    assert_int_equal(file_make_directories(file, &err), -1);
    assert_contains(err.message, "/file': Not a directory");
    assert_int_equal(file_make_directories(below, &err), -1);
    assert_contains(err.message, "Not a directory");
}

static void file_make_directories_refuses_an_empty_path(void **state)
{
    (void)state;
    struct error err;
    cleanup_free char *empty = text_copy("");
    assert_int_equal(file_make_directories(empty, &err), -1);
    assert_contains(err.message, "No such file or directory");
}

/* ---- writing ---- */

static void file_write_writes_every_byte(void **state)
{
    struct error err;
    cleanup_free char *path = scratch_path(state, "new");
    assert_int_equal(file_write(path, "a\0b", 3, &err), 0);
    char bytes[8];
    assert_int_equal(file_read_at(AT_FDCWD, path, bytes, sizeof bytes), 3);
    assert_memory_equal(bytes, "a\0b", 4);
}

static void file_write_says_which_directory_is_missing(void **state)
{
    struct error err;
    cleanup_free char *path = scratch_path(state, "missing/new");
    assert_int_equal(file_write(path, "a", 1, &err), -1);
    assert_contains(err.message, "missing/new': No such file or directory");
}

/* A file may hold 1000 bytes here, as on a disk that is full. */
static void write_on_a_full_disk(struct puppet *self, void *path)
{
    struct error err = {0};
    static char text[4000];
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){1000, 1000});
    int failed = file_write(path, text, sizeof text, &err);
    puppet_say(self, failed && strstr(err.message, "cannot write '") ? 1 : 0);
}

static void print_text(const void *text, FILE *out)
{
    fputs(text, out);
}

static void file_replace_puts_a_file_in_the_place_of_another(void **state)
{
    struct error err;
    char text[16];
    cleanup_free char *path = scratch_write_text(state, "a", "what was there");
    assert_int_equal(file_replace(path, print_text, "new", &err), 0);
    assert_int_equal(file_read_at(AT_FDCWD, path, text, sizeof text), 3);
    assert_string_equal(text, "new");
}

static void file_replace_leaves_what_is_there_where_it_cannot(void **state)
{
    struct error err;
    cleanup_free char *path = scratch_path(state, "a");
    cleanup_free char *draft = text_format("%s.%d", path, (int)getpid());
    assert_int_equal(mkdir(path, 0777), 0); /* no file takes a directory's place */
    assert_int_equal(file_replace(path, print_text, "new", &err), -1);
    assert_contains(err.message, "cannot write '");
    assert_int_equal(access(path, F_OK), 0);
    assert_int_equal(access(draft, F_OK), -1);
    assert_int_equal(file_replace("/nowhere/a", print_text, "new", &err), -1);
}

static void file_write_leaves_no_half_written_file(void **state)
{
    struct puppet puppet;
    cleanup_free char *path = scratch_path(state, "half");
    puppet_start(&puppet, write_on_a_full_disk, path);
    assert_int_equal(puppet_hear(&puppet), 1);
    puppet_end(&puppet);
    assert_int_equal(access(path, F_OK), -1);
}

/* ---- names ---- */

static void file_program_directory_holds_the_running_program(void **state)
{
    (void)state;
    struct error err;
    cleanup_free char *directory = file_program_directory(&err);
    assert_non_null(directory);
    assert_true(directory[0] == '/');
    cleanup_free char *program =
        text_format("%s/%s", directory, file_basename(program_invocation_name));
    struct stat named, running;
    assert_int_equal(stat(program, &named), 0);
    assert_int_equal(stat("/proc/self/exe", &running), 0);
    assert_true(named.st_ino == running.st_ino);
}

/* What a link points to is another's. */
static void file_remove_tree_removes_all_but_what_a_link_points_to(void **state)
{
    struct error err;
    cleanup_free char *kept = scratch_write_text(state, "kept", "here");
    cleanup_free char *tree = scratch_path(state, "tree");
    cleanup_free char *inner = scratch_path(state, "tree/inner");
    cleanup_free char *link = scratch_path(state, "tree/inner/link");
    assert_int_equal(file_make_directories(inner, &err), 0);
    free(scratch_write_text(state, "tree/inner/file", "gone"));
    assert_int_equal(symlink(*state, link), 0);
    assert_int_equal(file_remove_tree(tree, &err), 0);
    assert_int_equal(access(tree, F_OK), -1);
    assert_int_equal(access(kept, F_OK), 0);
}

static void file_remove_tree_names_what_is_not_there(void **state)
{
    struct error err;
    cleanup_free char *path = scratch_path(state, "missing");
    assert_int_equal(file_remove_tree(path, &err), -1);
    assert_contains(err.message, "missing");
}

static void file_basename_is_what_follows_the_last_slash(void **state)
{
    (void)state;
    assert_string_equal(file_basename("/a/b/c.py"), "c.py");
    assert_string_equal(file_basename("c.py"), "c.py");
    assert_string_equal(file_basename("a/"), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        scratch_test(file_read_at_reads_a_small_file_whole),
        scratch_test(file_read_at_looks_in_the_given_directory),
        scratch_test(file_read_at_cuts_at_its_buffer_and_terminates),
        scratch_test(file_read_at_tells_a_missing_file_by_errno),
        scratch_test(file_read_at_fails_for_a_directory),
        scratch_test(file_make_directories_makes_missing_parents),
        scratch_test(file_make_directories_takes_relative_paths),
        scratch_test(file_make_directories_refuses_a_file_in_its_way),
        cmocka_unit_test(file_make_directories_refuses_an_empty_path),
        scratch_test(file_write_writes_every_byte),
        scratch_test(file_write_says_which_directory_is_missing),
        scratch_test(file_replace_puts_a_file_in_the_place_of_another),
        scratch_test(file_replace_leaves_what_is_there_where_it_cannot),
        scratch_test(file_write_leaves_no_half_written_file),
        scratch_test(file_remove_tree_removes_all_but_what_a_link_points_to),
        scratch_test(file_remove_tree_names_what_is_not_there),
        cmocka_unit_test(file_program_directory_holds_the_running_program),
        cmocka_unit_test(file_basename_is_what_follows_the_last_slash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
