// The built-in demo disc, from the host's side.
#include "host.h"

namespace pressmark {
namespace {

TEST(Demo, BecomesReadyAndIsACdOfSixThousandSectors) {
  Host host{open_simulated("demo").value()};
  int asked = 1;
  for (Heard h = host.ready(); !h.good(); h = host.ready()) {
    ASSERT_LT(++asked, 100) << h.verdict();
    host.drive().clock().sleep_for(std::chrono::milliseconds{500});
  }
  const Heard capacity = host.in({0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 8);
  EXPECT_EQ(capacity.data, bytes({0, 0, 0x17, 0x6F, 0, 0, 8, 0}));  // 5999 and 2048
  const Heard pvd = host.read10(16, 1);
  ASSERT_TRUE(pvd.good()) << pvd.verdict();
  EXPECT_EQ(pvd.text(1, 5), "CD001");
  const Heard raw = host.read_cd(16, 1, 0xF8, 0, 2352);
  ASSERT_EQ(raw.data.size(), 2352U);
  EXPECT_EQ((Bytes{raw.data.begin() + 16, raw.data.begin() + 2064}), pvd.data);
  EXPECT_EQ((Bytes{raw.data.begin(), raw.data.begin() + 16}),
            bytes({0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0x00, 0x02, 0x16, 1}));
}

}  // namespace
}  // namespace pressmark
