#include "tests/support/scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

int scratch_setup(void **state)
{
    const char *parent = getenv("TMPDIR");
    char *path = text_format("%s/membench-unit.XXXXXX", parent ? parent : "/tmp");
    *state = path;
    return mkdtemp(path) ? 0 : -1;
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    return remove(path);
}

int scratch_teardown(void **state)
{
    int failed = nftw(*state, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    free(*state);
    *state = NULL;
    return failed;
}

char *scratch_path(void *const *state, const char *name)
{
    return text_format("%s/%s", (const char *)*state, name);
}

char *scratch_write(void *const *state, const char *name, const void *bytes, size_t length)
{
    char *path = scratch_path(state, name);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
    return path;
}

char *scratch_write_text(void *const *state, const char *name, const char *text)
{
    return scratch_write(state, name, text, strlen(text));
}
