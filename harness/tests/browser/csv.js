/* CSV as RFC 4180 has it: records as objects by the names of the header. */
'use strict';

const { readFileSync } = require('node:fs');

const parse = (text) => {
    const rows = [];
    let row = [];
    for (const [, quoted, plain, end] of text.matchAll(/(?:"([^"]*(?:""[^"]*)*)"|([^",\r\n]*))(,|\r\n)/g)) {
        row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
        if (end !== ',') {
            rows.push(row);
            row = [];
        }
    }
    return rows;
};

const load = (file) => {
    const [header, ...rows] = parse(readFileSync(file, 'utf8'));
    return rows.map((row) => Object.fromEntries(header.map((name, i) => [name, row[i]])));
};

module.exports = { load };
