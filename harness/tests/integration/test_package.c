/* membench installed, and used by another project through find_package(membench). */
#include "tests/support/membench.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "tests/support/contains.h"

#define project "cmake_project"

static char text[1 << 16];

static void copy(struct membench *run, const char *name, const char *old, const char *new)
{
    cleanup_free char *from = text_format("%s/" project "/%s", MEMBENCH_FIXTURES, name);
    cleanup_free char *to = text_format(project "/%s", name);
    assert_true(file_read_at(AT_FDCWD, from, text, sizeof text) > 0);
    const char *at = old ? strstr(text, old) : NULL;
    assert_true(!old || at);
    cleanup_free char *edited =
        old ? text_format("%.*s%s%s", (int)(at - text), text, new, at + strlen(old))
            : text_copy(text);
    membench_write(run, to, edited);
}

/* Fails, and shows what was printed, unless the program ends so. */
#define call(run, status, ...)                                                                     \
    (membench_start_program(run, (const char *const[]){__VA_ARGS__, NULL}), membench_wait(run),    \
     membench_expect(run, status))

static void configure(struct membench *run)
{
    cleanup_free char *prefix = text_format("-DCMAKE_PREFIX_PATH=%s", membench_path(run, "prefix"));
    call(run, 0, MEMBENCH_CMAKE, "-G", "Ninja", "-S", project, "-B", "build", prefix);
}

static void another_project_tests_its_memory_in_three_lines(void **state)
{
    struct membench *run = *state;
    call(run, 0, MEMBENCH_CMAKE, "--install", MEMBENCH_BUILD, "--prefix",
         membench_path(run, "prefix"));
    copy(run, "CMakeLists.txt", NULL, NULL);
    copy(run, "memory.toml", NULL, NULL);
    copy(run, "catalogue.py", NULL, NULL);
    /* Measured by the installed program itself, and without a baseline nothing is worse. */
    configure(run);
    call(run, 0, MEMBENCH_CTEST, "--test-dir", "build", "-L", "bench", "--no-tests=error");
    call(run, 0, membench_path(run, "prefix/bin/membench"), "baseline", "save", "-o",
         "build/memory-results", project "/memory.txt");
    configure(run); /* there is a baseline now */
    call(run, 0, MEMBENCH_CTEST, "--test-dir", "build", "-L", "bench", "--no-tests=error");
    copy(run, "catalogue.py", "20_000", "22_000");
    call(run, 8, MEMBENCH_CTEST, "--test-dir", "build", "-L", "bench", "--output-on-failure");
    membench_expect_text(run->out, "other parameters"); /* not passed silently */
    copy(run, "catalogue.py", "900", "1000");
    call(run, 8, MEMBENCH_CTEST, "--test-dir", "build", "-L", "bench", "--output-on-failure");
    membench_expect_text(run->out, "settled.anon, MiB\n  glibc ");
    membench_expect_text(run->out, "worse\n");
}

static void a_plan_that_is_not_there_is_told_by_cmake(void **state)
{
    struct membench *run = *state;
    call(run, 0, MEMBENCH_CMAKE, "--install", MEMBENCH_BUILD, "--prefix",
         membench_path(run, "prefix"));
    copy(run, "CMakeLists.txt", NULL, NULL);
    cleanup_free char *prefix = text_format("-DCMAKE_PREFIX_PATH=%s", membench_path(run, "prefix"));
    call(run, 1, MEMBENCH_CMAKE, "-G", "Ninja", "-S", project, "-B", "build", prefix);
    membench_expect_text(run->err, "membench_add_test(memory): there is no plan");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        membench_test(another_project_tests_its_memory_in_three_lines),
        membench_test(a_plan_that_is_not_there_is_told_by_cmake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
