// The little trigonometry the simulator needs, from + - * / and sqrt alone, so that every machine gets the same bits.
// (The C library's sin and atan differ between libraries in the last place.)
#pragma once

namespace pressmark::simulated {

/// Sine and cosine of an angle in degrees, |degrees| <= 360.
[[nodiscard]] double sine_of_degrees(double degrees);
[[nodiscard]] double cosine_of_degrees(double degrees);
/// Angle of the direction (x, y), x > 0, in turns: -1/4 .. 1/4.
[[nodiscard]] double direction_turns(double x, double y);

}  // namespace pressmark::simulated
