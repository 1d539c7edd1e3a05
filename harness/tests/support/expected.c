#include "tests/support/expected.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/text.h"

/* The number of the first line in which they differ. */
static size_t first_difference(const char *one, const char *other)
{
    size_t line = 1;
    for (; *one && *one == *other; one++, other++) {
        line += *one == '\n';
    }
    return line;
}

void expected_check(const char *text, const char *name)
{
    enum { MOST = 1 << 20 };
    cleanup_free char *path = text_format("%s/%s", MEMBENCH_FIXTURES, name);
    cleanup_free char *wanted = text_allocate(MOST);
    wanted[0] = '\0';
    bool is_read = file_read_at(AT_FDCWD, path, wanted, MOST) >= 0;
    if (!is_read || strcmp(wanted, text) != 0) {
        struct error err;
        cleanup_free char *other = text_format("%s/tests/%s", MEMBENCH_BUILD, name);
        unlink(other); /* of an earlier run */
        fail_msg("%s is not what '%s' says, from line %zu on%s%s", name, path,
                 first_difference(wanted, text),
                 file_write(other, text, strlen(text), &err) ? "" : "; it is in ", other);
    }
}
