// Taylor series after reducing the argument until a dozen terms are exact to the last places.
#include "drivers/simulated/plane.h"

#include <cassert>
#include <cmath>
#include <numbers>

namespace pressmark::simulated {

double sine_of_degrees(double degrees) {
  while (degrees > 180) degrees -= 360;
  while (degrees < -180) degrees += 360;
  if (degrees > 90) degrees = 180 - degrees;
  if (degrees < -90) degrees = -180 - degrees;
  const double x = degrees * (std::numbers::pi / 180);
  double term = x, sum = x;
  for (int k = 1; k <= 12; ++k) {
    term *= -x * x / (2.0 * k * (2.0 * k + 1));
    sum += term;
  }
  return sum;
}

double cosine_of_degrees(double degrees) { return sine_of_degrees(degrees > 180 ? degrees - 270 : degrees + 90); }

double direction_turns(double x, double y) {
  assert(x > 0);
  double t = y / x;
  for (int i = 0; i < 4; ++i) t = t / (1 + std::sqrt(1 + t * t));  // tan of half the angle, four times
  double power = t, sum = t;
  for (int k = 1; k <= 12; ++k) {
    power *= -t * t;
    sum += power / (2.0 * k + 1);
  }
  return 16 * sum / (2 * std::numbers::pi);
}

}  // namespace pressmark::simulated
