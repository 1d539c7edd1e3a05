#include "worker/aftermath.h"

#include <errno.h>
#include <time.h>

#include "allocator.h"
#include "base/clock.h"
#include "measure/phase.h"
#include "worker/failure.h"
#include "worker/speech.h"

static const double tick_seconds = 0.1;

/* Sleeps until a moment of the monotonic clock, without the GIL, so that the program's threads and
 * the allocator's own can do what they do. Returns 0, or -1 with an exception. */
static int sleep_until(double moment)
{
    struct timespec until = {.tv_sec = (time_t)moment,
                             .tv_nsec = (long)((moment - (double)(time_t)moment) * 1e9)};
    int code;
    do {
        Py_BEGIN_ALLOW_THREADS;
        code = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
        Py_END_ALLOW_THREADS;
        if (code == EINTR && PyErr_CheckSignals()) {
            return -1;
        }
    } while (code == EINTR);
    return 0;
}

static int settle(double seconds, PyObject *state, PyObject *tick)
{
    double end = clock_now() + seconds;
    for (double next = clock_now() + tick_seconds; tick && next < end; next += tick_seconds) {
        if (sleep_until(next)) {
            return -1;
        }
        PyObject *result = PyObject_CallOneArg(tick, state);
        Py_XDECREF(result);
        if (!result) {
            return -1;
        }
    }
    return sleep_until(end);
}

/* gc.collect() works even where the workload has switched the collector off; PyGC_Collect does
 * nothing then. */
static int collect(void)
{
    PyObject *module = PyImport_ImportModule("gc");
    PyObject *result = module ? PyObject_CallMethod(module, "collect", NULL) : NULL;
    Py_XDECREF(result);
    Py_XDECREF(module);
    return result ? 0 : -1;
}

static void release(const struct worker_options *options)
{
    const struct allocator_family *family =
        allocator_detect(options->library ? options->library : "libc.so.6");
    if (family) {
        family->release();
    }
}

int aftermath_run(const struct worker_options *options, PyObject *state, PyObject *tick)
{
    if (settle(options->settle, state ? state : Py_None, options->tick ? tick : NULL)) {
        failure_from_exception();
        return -1;
    }
    speech_standstill(PHASE_SETTLED, options->cycles);
    if (collect()) {
        failure_from_exception();
        return -1;
    }
    speech_standstill(PHASE_COLLECTED, options->cycles);
    release(options);
    speech_standstill(PHASE_RELEASED, options->cycles);
    return 0;
}
