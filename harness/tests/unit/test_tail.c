#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "run/tail.h"

struct pipe_and_tail {
    int read, write;
    struct tail tail;
};

static int setup(void **state)
{
    static struct pipe_and_tail both;
    int ends[2];
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK)) {
        return -1;
    }
    both = (struct pipe_and_tail){.read = ends[0], .write = ends[1]};
    fcntl(both.write, F_SETPIPE_SZ, 1 << 20);
    *state = &both;
    return 0;
}

static int teardown(void **state)
{
    struct pipe_and_tail *both = *state;
    close(both->read);
    cleanup_close_descriptor(&both->write);
    free(both->tail.buffer);
    return 0;
}

static void write_all(const struct pipe_and_tail *both, const char *bytes, size_t length)
{
    assert_int_equal(write(both->write, bytes, length), length);
}

/* Reads until the stream is empty, or at its end. Returns whether it may go on. */
static bool drain(struct pipe_and_tail *both)
{
    bool goes_on = true;
    for (int i = 0; i < 32 && goes_on; i++) {
        goes_on = tail_read(&both->tail, both->read);
    }
    return goes_on;
}

static void a_short_output_is_kept_whole(void **state)
{
    struct pipe_and_tail *both = *state;
    write_all(both, "one\n", 4);
    assert_true(tail_read(&both->tail, both->read));
    write_all(both, "t\0o\n", 4);
    assert_true(tail_read(&both->tail, both->read));
    size_t length;
    cleanup_free char *text = tail_take(&both->tail, &length);
    assert_int_equal(length, 8);
    assert_memory_equal(text, "one\nt\0o\n", 9);
}

static void an_empty_stream_may_go_on_and_its_end_may_not(void **state)
{
    struct pipe_and_tail *both = *state;
    assert_true(tail_read(&both->tail, both->read));
    close(take_descriptor(&both->write));
    assert_false(tail_read(&both->tail, both->read));
}

static void nothing_written_is_empty_text(void **state)
{
    (void)state;
    struct tail tail = {0};
    size_t length = 7;
    cleanup_free char *text = tail_take(&tail, &length);
    assert_int_equal(length, 0);
    assert_string_equal(text, "");
}

/* Byte i of the stream is a letter that follows from i alone. */
static char letter(size_t i)
{
    return (char)('a' + i % 26);
}

static void expect_end_of(struct pipe_and_tail *both, size_t written)
{
    size_t length;
    cleanup_free char *text = tail_take(&both->tail, &length);
    assert_int_equal(length, TAIL_SIZE);
    for (size_t i = 0; i < length; i++) {
        assert_int_equal(text[i], letter(written - TAIL_SIZE + i));
    }
    assert_int_equal(text[length], '\0');
}

static void write_letters(const struct pipe_and_tail *both, size_t from, size_t count)
{
    cleanup_free char *bytes = text_allocate(count);
    for (size_t i = 0; i < count; i++) {
        bytes[i] = letter(from + i);
    }
    write_all(both, bytes, count);
}

static void of_a_long_output_the_last_64_kib_are_kept(void **state)
{
    struct pipe_and_tail *both = *state;
    write_letters(both, 0, 500001);
    assert_true(drain(both));
    expect_end_of(both, 500001);
}

static void it_does_not_matter_how_an_output_is_cut_into_pieces(void **state)
{
    struct pipe_and_tail *both = *state;
    size_t written = 0;
    for (size_t piece = 1; piece < 20000; piece += 777) {
        write_letters(both, written, piece);
        written += piece;
        assert_true(drain(both));
    }
    expect_end_of(both, written);
}

static void exactly_64_kib_are_not_cut(void **state)
{
    struct pipe_and_tail *both = *state;
    write_letters(both, 0, TAIL_SIZE);
    assert_true(drain(both));
    assert_false(both->tail.is_cut);
    expect_end_of(both, TAIL_SIZE);
}

static void a_stream_that_never_pauses_lets_others_be_served(void **state)
{
    struct pipe_and_tail *both = *state;
    write_letters(both, 0, 400000);
    assert_true(tail_read(&both->tail, both->read));
    assert_true(both->tail.is_cut);
    char byte;
    assert_int_equal(read(both->read, &byte, 1), 1); /* more is there still */
}

static void a_tail_can_be_used_again_when_it_was_taken(void **state)
{
    struct pipe_and_tail *both = *state;
    size_t length;
    write_letters(both, 0, 300000);
    drain(both);
    free(tail_take(&both->tail, &length));
    write_all(both, "next", 4);
    drain(both);
    assert_false(both->tail.is_cut);
    cleanup_free char *text = tail_take(&both->tail, &length);
    assert_string_equal(text, "next");
}

#define tail_test(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        tail_test(a_short_output_is_kept_whole),
        tail_test(an_empty_stream_may_go_on_and_its_end_may_not),
        cmocka_unit_test(nothing_written_is_empty_text),
        tail_test(of_a_long_output_the_last_64_kib_are_kept),
        tail_test(it_does_not_matter_how_an_output_is_cut_into_pieces),
        tail_test(exactly_64_kib_are_not_cut),
        tail_test(a_stream_that_never_pauses_lets_others_be_served),
        tail_test(a_tail_can_be_used_again_when_it_was_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
