/* Whether the page's Content-Security-Policy is in force. */
'use strict';

const assert = require('node:assert/strict');

/* In the page: what somebody would try who has got a tag or an attribute into it. */
const attack = async () => {
    const seen = [];
    document.addEventListener('securitypolicyviolation', (event) => seen.push(event.effectiveDirective));
    for (const [tag, text] of [['script', 'window.intruded = true'], ['style', 'body { color: red }']]) {
        const element = document.createElement(tag);
        element.textContent = text;
        document.body.append(element);
    }
    document.body.setAttribute('style', 'color: red');
    document.body.setAttribute('onclick', 'window.intruded = true');
    document.body.click();
    const picture = new Image();
    picture.src = 'https://example.invalid/seen';
    await new Promise((done) => setTimeout(done, 100));
    return { seen: seen.sort(), intruded: window.intruded, color: getComputedStyle(document.body).color };
};

const check = ({ seen, intruded, color }) => {
    assert.deepEqual(seen, ['img-src', 'script-src-attr', 'script-src-elem', 'style-src-attr', 'style-src-elem']);
    assert.equal(intruded, undefined);
    assert.notEqual(color, 'rgb(255, 0, 0)');
};

module.exports = { attack, check };
