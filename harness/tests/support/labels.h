/* The texts of a picture, as wide as svg_text_width thinks and anchored as picture.css says. */
#pragma once

/* Fails the running test if two of them meet, or if one leaves the picture. */
void labels_check(const char *svg);
