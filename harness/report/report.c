#include "report/report.h"

#include "report/validity.h"

void report_make(struct report *report, const struct run_info *info, const struct plan *plan,
                 const struct record *records, size_t count)
{
    *report =
        (struct report){.info = info, .plan = plan, .records = records, .record_count = count};
    summary_make(&report->summary, plan, records, count);
    verdicts_make(&report->verdicts, plan, records, count);
    headlines_make(&report->headlines, &report->summary, &report->verdicts);
    validity_find(&report->limits, info, &report->summary, &report->verdicts);
}

void report_clear(struct report *report)
{
    findings_clear(&report->limits);
    headlines_clear(&report->headlines);
    verdicts_clear(&report->verdicts);
    summary_clear(&report->summary);
}
