#include "worker/load.h"

#include <signal.h>

#include "measure/phase.h"
#include "worker/failure.h"
#include "worker/speech.h"

/* What python3 does first when its main module is through (wait_for_thread_shutdown). */
static int join_threads(void)
{
    PyObject *threading = PyImport_GetModule(PyUnicode_InternFromString("threading"));
    if (!threading) {
        return PyErr_Occurred() ? -1 : 0;
    }
    PyObject *result = PyObject_CallMethod(threading, "_shutdown", NULL);
    Py_XDECREF(result);
    Py_DECREF(threading);
    return result ? 0 : -1;
}

/* Whether the pending exception is an end that counts as normal; takes it if so. If not, the
 * failure has been said. A forked child leaves by its own SystemExit. */
static bool is_normal_end(const struct worker_options *options)
{
    if (!speech_is_worker()) {
        failure_from_exception();
        return false;
    }
    int status;
    if (failure_take_exit(&status)) {
        if (status != 0) {
            failure_say(OUTCOME_WORKLOAD_ERROR, "", "the script left with exit status %d", status);
        }
        return status == 0;
    }
    if (options->is_interruptible && PyErr_ExceptionMatches(PyExc_KeyboardInterrupt)) {
        PyErr_Clear();
        return true;
    }
    failure_from_exception();
    return false;
}

/* An interrupt that comes late must not hit what is measured next. */
static void ignore_interrupts(void)
{
    signal(SIGINT, SIG_IGN);
    if (PyErr_CheckSignals()) {
        PyErr_Clear();
    }
}

enum load_result script_run(const struct worker_options *options)
{
    PyObject *main = PyImport_AddModule("__main__");
    speech_standstill(PHASE_START, 1);
    if (!main || (load_execute(options->arguments[0], main) && !is_normal_end(options))) {
        return LOAD_FAILED;
    }
    if (!speech_is_worker()) {
        return LOAD_CHILD;
    }
    if (join_threads() && !is_normal_end(options)) {
        return LOAD_FAILED;
    }
    ignore_interrupts();
    speech_standstill(PHASE_END, 1);
    return LOAD_DONE;
}
