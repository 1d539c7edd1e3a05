/* A run is not repeated with another library than it was made with. */
#include "tests/support/membench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

/* The note that holds a build-id of 20 bytes (elf.h: Elf64_Nhdr, NT_GNU_BUILD_ID). */
static const char note[] = "\4\0\0\0\24\0\0\0\3\0\0\0GNU";

static char *read_library(size_t *size)
{
    cleanup_fclose FILE *file = fopen("/usr/lib/x86_64-linux-gnu/libjemalloc.so.2", "re");
    if (!file) {
        print_message("libjemalloc.so.2 is not installed\n");
        skip();
    }
    fseek(file, 0, SEEK_END);
    *size = (size_t)ftell(file);
    rewind(file);
    char *bytes = text_allocate(*size);
    assert_int_equal(fread(bytes, 1, *size, file), *size);
    return bytes;
}

static const char *write_library(struct membench *run, const char *bytes, size_t size)
{
    const char *path = membench_path(run, "libmine.so");
    remove(path);
    cleanup_fclose FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    return path;
}

static void another_build_of_a_library_is_refused_unless_allowed(void **state)
{
    struct membench *run = *state;
    size_t size;
    cleanup_free char *bytes = read_library(&size);
    char *found = memmem(bytes, size, note, sizeof note);
    assert_non_null(found);
    cleanup_free char *definition = text_format("mine=%s", write_library(run, bytes, size));
    membench_run(run, "-a", definition, "-n", "1", "--settle", "0", "idle");
    membench_expect(run, 0);
    membench_run(run, "--again", "last");
    membench_expect(run, 0);
    found[sizeof note] ^= 1;
    write_library(run, bytes, size);
    membench_run(run, "--again", "last");
    membench_expect(run, 2);
    membench_expect_text(run->err, "the library of 'mine' has changed: build-id ");
    membench_run(run, "--again", "last", "--allow-changed");
    membench_expect(run, 0);
    membench_expect_text(run->out, "  changed: the library of 'mine' has changed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        membench_test(another_build_of_a_library_is_refused_unless_allowed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
