#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "inspect/mirror.h"
#include "tests/support/standing.h"

struct seen {
    struct standing process;
    struct image image;
    struct mirror mirror;
};

static void look(struct seen *seen)
{
    struct error err;
    standing_start(&seen->process,
                   "kept = [b'x' * 3000 for i in range(1000)]\n"
                   "print('here', id(kept[500])); sys.stdout.flush(); stop()\n",
                   NULL);
    assert_int_equal(image_open_process(&seen->image, seen->process.pid, IMAGE_ALL, &err), 0);
    assert_int_equal(mirror_open(&seen->mirror, &seen->image, &err), 0);
}

static void look_away(struct seen *seen)
{
    mirror_close(&seen->mirror);
    image_close(&seen->image);
    standing_end(&seen->process);
}

static void a_mirror_shows_what_is_there(void **state)
{
    (void)state;
    struct seen seen;
    look(&seen);
    uint64_t here = (uint64_t)standing_number(&seen.process, "here");
    const char *text = mirror_view(&seen.mirror, here + 32, 3000);
    assert_non_null(text);
    assert_int_equal(text[0], 'x');
    assert_int_equal(text[2999], 'x');
    assert_true(mirror_word(&seen.mirror, here + 16) == 3000);
    for (size_t i = 0; i < seen.mirror.count; i++) {
        uint64_t start = seen.mirror.parts[i].start;
        assert_true(mirror_word(&seen.mirror, start) == image_word(&seen.image, start));
    }
    look_away(&seen);
}

static void what_is_not_mapped_is_not_shown(void **state)
{
    (void)state;
    struct seen seen;
    look(&seen);
    char bytes[8];
    uint64_t end = seen.mirror.parts[seen.mirror.count - 1].end;
    assert_null(mirror_view(&seen.mirror, 8, 8));
    assert_null(mirror_view(&seen.mirror, end - 4, 8));
    assert_non_null(mirror_view(&seen.mirror, end - 8, 8));
    assert_false(mirror_read(&seen.mirror, 8, bytes, sizeof bytes));
    look_away(&seen);
}

/* .data and .bss touch in every program. */
static void a_copy_goes_on_in_the_next_mapping(void **state)
{
    (void)state;
    enum { HALF = 64 };
    struct seen seen;
    look(&seen);
    unsigned touching = 0;
    for (size_t i = 0; i + 1 < seen.mirror.count; i++) {
        uint64_t at = seen.mirror.parts[i].end;
        char copied[2 * HALF], expected[2 * HALF];
        if (at == seen.mirror.parts[i + 1].start) {
            memset(seen.mirror.parts[i + 1].bytes, 'y', HALF);
            assert_null(mirror_view(&seen.mirror, at - HALF, 2 * HALF));
            assert_true(mirror_read(&seen.mirror, at - HALF, copied, 2 * HALF));
            assert_int_equal(image_read(&seen.image, at - HALF, expected, 2 * HALF), 0);
            memset(expected + HALF, 'y', HALF);
            assert_memory_equal(copied, expected, 2 * HALF);
            touching++;
        }
    }
    assert_true(touching > 0);
    look_away(&seen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mirror_shows_what_is_there),
        cmocka_unit_test(what_is_not_mapped_is_not_shown),
        cmocka_unit_test(a_copy_goes_on_in_the_next_mapping),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
