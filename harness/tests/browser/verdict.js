/* The sentences that the page begins with, held against comparisons.csv. */
'use strict';

const assert = require('node:assert/strict');

/* In the page. */
const collect = () =>
    Array.from(document.querySelectorAll('#verdict .headline'), (element) =>
        ({ ...element.dataset, text: element.querySelector('.said').textContent }));

const WORST_FIRST = ['not measured', 'refuted', 'inconclusive', 'confirmed'];

const number = (text) => (text ? Number(text) : null);

const isTold = (row, { value, low, high, n }) =>
    number(row.estimate) === number(value) && number(row.lower) === number(low) &&
    number(row.upper) === number(high) && number(row.n) === number(n);

/* Of claims there is a headline each, the worst first; of comparisons one for each workload. Where
 * nothing was compared the headline tells a size alone. */
const check = (headlines, comparisons) => {
    const claims = comparisons.filter((row) => row.kind === 'claim');
    const words = headlines.map(({ word }) => word);
    assert.ok(headlines.length > 0, 'there is a headline');
    if (claims.length > 0) {
        assert.equal(headlines.length, new Set(claims.map((row) => row.claim)).size);
        assert.deepEqual(words, [...words].sort((a, b) => WORST_FIRST.indexOf(a) - WORST_FIRST.indexOf(b)));
    }
    for (const headline of headlines) {
        const { word, n, text } = headline;
        const rows = claims.length > 0
            ? claims.filter((row) => row.claim_verdict === word)
            : comparisons.filter((row) => row.kind === 'comparison' && row.verdict === word);
        assert.ok(text.includes(`${word}: `), `'${text}' says '${word}'`);
        assert.ok(!n || text.includes(`n = ${n}`), `'${text}' says n = ${n}`);
        assert.ok(rows.some((row) => isTold(row, headline)) || (word === 'measured' && claims.length === 0),
            `comparisons.csv has nothing like ${JSON.stringify(headline)}`);
    }
};

module.exports = { collect, check };
