#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "measure/wire.h"

struct pair {
    int worker, supervisor;
};

static int setup(void **state)
{
    static struct pair pair;
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends)) {
        return -1;
    }
    pair = (struct pair){.worker = ends[0], .supervisor = ends[1]};
    *state = &pair;
    return 0;
}

static int teardown(void **state)
{
    struct pair *pair = *state;
    close(pair->worker);
    close(pair->supervisor);
    return 0;
}

static const enum wire_kind kinds[] = {WIRE_HELLO, WIRE_PHASE,   WIRE_COUNT, WIRE_COUNTS, WIRE_GO,
                                       WIRE_DONE,  WIRE_FAILURE, WIRE_DUMP,  WIRE_DUMPED};
enum { KINDS = sizeof kinds / sizeof *kinds };

static void each_kind_arrives_as_it_was_sent(void **state)
{
    struct pair *pair = *state;
    for (size_t i = 0; i < KINDS; i++) {
        struct wire_message sent, received;
        memset(&sent, (int)i + 1, sizeof sent);
        memset(&received, 0, sizeof received);
        sent.kind = kinds[i];
        assert_int_equal(wire_send(pair->worker, &sent), 0);
        assert_int_equal(wire_receive(pair->supervisor, &received), 1);
        assert_memory_equal(&received, &sent, wire_size(kinds[i]));
    }
}

static void messages_are_not_merged(void **state)
{
    struct pair *pair = *state;
    struct wire_message message;
    for (uint32_t cycle = 1; cycle <= 3; cycle++) {
        struct wire_message phase = {.kind = WIRE_PHASE, .phase = {.cycle = cycle, .name = "end"}};
        assert_int_equal(wire_send(pair->worker, &phase), 0);
    }
    for (uint32_t cycle = 1; cycle <= 3; cycle++) {
        assert_int_equal(wire_receive(pair->supervisor, &message), 1);
        assert_int_equal(message.phase.cycle, cycle);
        assert_string_equal(message.phase.name, "end");
    }
}

static void wire_size_is_the_kind_and_its_own_part(void **state)
{
    (void)state;
    size_t head = offsetof(struct wire_message, hello);
    assert_int_equal(wire_size(WIRE_GO), head);
    assert_int_equal(wire_size(WIRE_COUNTS), head + sizeof(struct wire_counts));
    assert_int_equal(wire_size(WIRE_FAILURE), head + sizeof(struct wire_failure));
    assert_int_equal(wire_size((enum wire_kind)0), 0);
    assert_int_equal(wire_size((enum wire_kind)99), 0);
}

static void expect_no_message(int wire)
{
    struct wire_message message;
    errno = 0;
    assert_int_equal(wire_receive(wire, &message), -1);
    assert_int_equal(errno, EBADMSG);
}

static void a_truncated_message_is_refused(void **state)
{
    struct pair *pair = *state;
    for (size_t i = 0; i < KINDS; i++) {
        struct wire_message message = {.kind = kinds[i]};
        size_t size = wire_size(kinds[i]);
        assert_int_equal(send(pair->worker, &message, size - 1, 0), size - 1);
        expect_no_message(pair->supervisor);
    }
    assert_int_equal(send(pair->worker, "x", 1, 0), 1);
    expect_no_message(pair->supervisor);
}

static void a_message_too_long_for_its_kind_is_refused(void **state)
{
    struct pair *pair = *state;
    char bytes[sizeof(struct wire_message) + 1] = {0};
    uint32_t go = WIRE_GO, failure = WIRE_FAILURE;
    memcpy(bytes, &go, sizeof go);
    assert_int_equal(send(pair->worker, bytes, wire_size(WIRE_GO) + 1, 0), wire_size(WIRE_GO) + 1);
    expect_no_message(pair->supervisor);
    /* Its beginning is a whole message, and all that fits into one. */
    memcpy(bytes, &failure, sizeof failure);
    assert_int_equal(send(pair->worker, bytes, sizeof bytes, 0), sizeof bytes);
    expect_no_message(pair->supervisor);
}

static void garbage_is_refused_and_the_next_message_is_heard(void **state)
{
    struct pair *pair = *state;
    const char garbage[] = "GET / HTTP/1.1\r\n\r\n";
    struct wire_message message;
    assert_int_equal(send(pair->worker, garbage, sizeof garbage, 0), sizeof garbage);
    wire_send(pair->worker, &(struct wire_message){.kind = WIRE_DONE});
    expect_no_message(pair->supervisor);
    assert_int_equal(wire_receive(pair->supervisor, &message), 1);
    assert_int_equal(message.kind, WIRE_DONE);
}

static void the_end_of_the_stream_is_zero(void **state)
{
    struct pair *pair = *state;
    struct wire_message message;
    wire_send(pair->worker, &(struct wire_message){.kind = WIRE_DONE});
    close(pair->worker);
    pair->worker = -1;
    assert_int_equal(wire_receive(pair->supervisor, &message), 1);
    assert_int_equal(wire_receive(pair->supervisor, &message), 0);
    assert_int_equal(wire_receive(pair->supervisor, &message), 0);
}

static void nothing_to_hear_is_eagain_on_a_socket_that_does_not_block(void **state)
{
    struct pair *pair = *state;
    struct wire_message message;
    assert_int_equal(fcntl(pair->supervisor, F_SETFL, O_NONBLOCK), 0);
    assert_int_equal(wire_receive(pair->supervisor, &message), -1);
    assert_int_equal(errno, EAGAIN);
}

static void sending_to_nobody_fails_without_a_signal(void **state)
{
    struct pair *pair = *state;
    signal(SIGPIPE, SIG_DFL);
    close(pair->supervisor);
    pair->supervisor = -1;
    assert_int_equal(wire_send(pair->worker, &(struct wire_message){.kind = WIRE_GO}), -1);
    assert_int_equal(errno, EPIPE);
}

static void ignore_alarm(int number)
{
    (void)number;
}

/* A signal handler without SA_RESTART makes recv fail with EINTR. */
static void wire_receive_goes_on_after_a_signal(void **state)
{
    struct pair *pair = *state;
    struct sigaction action = {.sa_handler = ignore_alarm};
    sigaction(SIGALRM, &action, NULL);
    pid_t child = fork();
    if (child == 0) {
        for (int i = 0; i < 5; i++) {
            usleep(10000);
            kill(getppid(), SIGALRM);
        }
        usleep(10000);
        wire_send(pair->worker, &(struct wire_message){.kind = WIRE_GO});
        _exit(0);
    }
    struct wire_message message;
    assert_int_equal(wire_receive(pair->supervisor, &message), 1);
    assert_int_equal(message.kind, WIRE_GO);
    signal(SIGALRM, SIG_DFL);
}

#define wire_test(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        wire_test(each_kind_arrives_as_it_was_sent),
        wire_test(messages_are_not_merged),
        cmocka_unit_test(wire_size_is_the_kind_and_its_own_part),
        wire_test(a_truncated_message_is_refused),
        wire_test(a_message_too_long_for_its_kind_is_refused),
        wire_test(garbage_is_refused_and_the_next_message_is_heard),
        wire_test(the_end_of_the_stream_is_zero),
        wire_test(nothing_to_hear_is_eagain_on_a_socket_that_does_not_block),
        wire_test(sending_to_nobody_fails_without_a_signal),
        wire_test(wire_receive_goes_on_after_a_signal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
