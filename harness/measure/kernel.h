/* What this kernel lets be measured, tried on an own child whose memory is known. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "measure/finding.h"

/* What the child showed. Differences are bytes: what the kernel tells minus what is true. */
struct kernel_trial {
    bool has_rollup;          /* smaps_rollup can be read */
    int64_t rollup_error;     /* of its Anonymous, when a known amount was touched */
    int64_t statm_error;      /* of statm against smaps_rollup */
    int64_t high_water_error; /* of VmHWM, when the peak is over */
    bool resets_peak;         /* clear_refs brings VmHWM down again */
    bool has_children;        /* /proc/PID/task/TID/children lists it */
    bool has_wait_channel;    /* wchan names what it waits in */
    bool has_memory;          /* its memory can be read from outside */
    bool fixes_layout;        /* the randomisation of addresses can be switched off */
};

/* Takes some 20 ms. Returns -1 if no child could be started. */
int kernel_try(struct kernel_trial *trial, struct error *err);

/* What follows from it for a measurement. */
void kernel_judge(const struct kernel_trial *trial, struct findings *findings);
