// What an SG_IO answer means, field by field. Codes: the kernel's include/scsi/scsi_status.h and Documentation/scsi/scsi-generic.
#include "drivers/linux_sg/sg_answer.h"

#include <cerrno>
#include <gtest/gtest.h>

namespace pressmark::linux_sg {
namespace {

constexpr std::uint8_t kCheckCondition = 2;

std::optional<ErrorKind> kind_of(const SgAnswer& answer) {
  const auto failure = failure_of(answer);
  return failure ? std::optional{failure->kind} : std::nullopt;
}

TEST(SgAnswer, CleanEverywhereIsTheDrivesWord) { EXPECT_EQ(kind_of({}), std::nullopt); }

TEST(SgAnswer, CheckConditionIsTheDrivesWord) {
  EXPECT_EQ(kind_of({.status = kCheckCondition}), std::nullopt);
  EXPECT_EQ(kind_of({.status = kCheckCondition, .driver_status = 0x08}), std::nullopt);
}

TEST(SgAnswer, OtherScsiStatusIsTheDrivesWordToo) {
  EXPECT_EQ(kind_of({.status = 0x08}), std::nullopt);  // BUSY
  EXPECT_EQ(kind_of({.status = 0x18}), std::nullopt);  // RESERVATION CONFLICT
}

TEST(SgAnswer, GoodStatusWithHostTimeOutIsNoAnswer) {
  EXPECT_EQ(kind_of({.status = 0, .host_status = 3}), ErrorKind::timeout);
}
TEST(SgAnswer, NoConnectMeansTheDeviceIsGone) { EXPECT_EQ(kind_of({.host_status = 1}), ErrorKind::device_gone); }

TEST(SgAnswer, OtherHostFailuresAreTheBus) {
  for (const std::uint16_t code : std::initializer_list<std::uint16_t>{2, 4, 5, 6, 7, 8, 9, 0x0B, 0x0E, 0x0F, 0x77}) {
    EXPECT_EQ(kind_of({.host_status = code}), ErrorKind::bus) << code;
    EXPECT_EQ(kind_of({.status = kCheckCondition, .host_status = code}), ErrorKind::bus) << code;
  }
}

TEST(SgAnswer, HostCodesMadeFromSenseLeaveTheAnswerToTheDrive) {
  for (const std::uint16_t code : std::initializer_list<std::uint16_t>{0x10, 0x11, 0x12, 0x13}) {
    EXPECT_EQ(kind_of({.status = kCheckCondition, .host_status = code}), std::nullopt) << code;
    EXPECT_EQ(kind_of({.status = 0, .host_status = code}), ErrorKind::bus) << code;
  }
}

TEST(SgAnswer, DriverStatusOtherThanSenseIsAFailure) {
  EXPECT_EQ(kind_of({.driver_status = 0x06}), ErrorKind::timeout);
  EXPECT_EQ(kind_of({.status = kCheckCondition, .driver_status = 0x06}), ErrorKind::timeout);
  for (const std::uint16_t code : std::initializer_list<std::uint16_t>{1, 2, 3, 4, 5, 7})
    EXPECT_EQ(kind_of({.driver_status = code}), ErrorKind::bus) << code;
}

TEST(SgAnswer, OldKernelsSuggestionBitsMeanNothing) {
  EXPECT_EQ(kind_of({.status = kCheckCondition, .driver_status = 0x18}), std::nullopt);
}

TEST(SgAnswer, ErrnoComesFirst) {
  EXPECT_EQ(kind_of({.ioctl_errno = ENODEV}), ErrorKind::device_gone);
  EXPECT_EQ(kind_of({.ioctl_errno = ENXIO}), ErrorKind::device_gone);
  EXPECT_EQ(kind_of({.ioctl_errno = EPERM}), ErrorKind::no_permission);
  EXPECT_EQ(kind_of({.ioctl_errno = EIO}), ErrorKind::bus);
  EXPECT_EQ(kind_of({.ioctl_errno = ENXIO, .host_status = 3}), ErrorKind::device_gone);
}

TEST(SgAnswer, FailuresNameTheFieldAndTheCode) {
  EXPECT_EQ(failure_of({.host_status = 3})->words, "host status 03 (time-out)");
  EXPECT_EQ(failure_of({.host_status = 0x77})->words, "host status 77");
  EXPECT_EQ(failure_of({.driver_status = 5})->words, "driver status 05");
}

}  // namespace
}  // namespace pressmark::linux_sg
