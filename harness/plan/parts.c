#include "plan/parts.h"

#include "base/cleanup.h"
#include "plan/workload.h"

static void fail(struct findings *findings, const char *subject, const struct error *err)
{
    findings_add(findings, FINDING_FAIL, subject, err->hint[0] ? err->hint : "ci/build makes it",
                 "%s", err->message);
}

/* Reading the shipped workloads starts the interpreter. */
static void judge_python(struct findings *findings)
{
    struct text_list paths = {0};
    struct error err;
    int failed = workload_shipped(&paths, &err);
    for (size_t i = 0; i < paths.count && !failed; i++) {
        struct workload workload;
        failed = workload_load(&workload, paths.items[i], false, &err);
        workload_clear(&workload);
    }
    if (failed) {
        fail(findings, "workloads", &err);
    } else {
        findings_ok(findings, "workloads", "%zu are shipped, and Python reads them", paths.count);
    }
    text_list_clear(&paths);
}

void parts_judge_setting(const struct setting *setting, struct findings *findings)
{
    if (setting->is_available) {
        findings_ok(findings, setting->name, "%s, proved, %s", setting->proof.version,
                    setting->proof.library);
        return;
    }
    /* A library that is not there can be done without; glibc, or one that is not what it says it
     * is, cannot. */
    bool is_missing = !setting->library && setting->allocator->sonames;
    findings_add(findings, is_missing ? FINDING_WARN : FINDING_FAIL, setting->name, setting->hint,
                 "%s", setting->reason);
}

void parts_judge(struct findings *findings)
{
    for (size_t i = 0; i < allocator_count; i++) {
        struct setting setting;
        struct error err;
        int failed = setting_of_allocator(&setting, allocator_table[i], &err);
        if (failed) {
            fail(findings, allocator_table[i]->name, &err);
            setting_clear(&setting);
            return;
        }
        if (i == 0 && setting.is_available) {
            findings_ok(findings, "python", "%s, embedded", setting.proof.python);
            judge_python(findings);
        }
        parts_judge_setting(&setting, findings);
        setting_clear(&setting);
    }
}
