#include "tools/engine/report/failure.h"

#include "driver/store/gdal_errors.h"
#include "stac/error.h"

#include <gtest/gtest.h>

#include <new>

namespace tiledir::engine
{
namespace
{

/// Of a failure in GDAL's words.
Cause cause(const char *text)
{
    return cause_of(store::gdal_failure("", text));
}

TEST(Failure, WhatTheNetworkGetsOverMayPass)
{
    EXPECT_EQ(cause("/vsicurl/http://a/b.tif: HTTP error code : 503"), Cause::Passing);
    EXPECT_EQ(cause("b.tif: HTTP response code: 500"), Cause::Passing);
    EXPECT_EQ(cause("/vsis3/a/b.tif: HTTP response code on http://a/b.tif: 500"), Cause::Passing);
    EXPECT_EQ(cause("b.tif: HTTP 429"), Cause::Passing);
    EXPECT_EQ(cause("b.tif: CURL error: Connection reset by peer"), Cause::Passing);
    EXPECT_EQ(cause("b.tif: Operation timed out after 30000 milliseconds"), Cause::Passing);
}

TEST(Failure, AFileOverANetworkMayHaveBeenCutOffOnItsWay)
{
    EXPECT_EQ(cause("/vsis3/a/b.tif: cannot be read: TIFFFillStrip:Read error at scanline 304"), Cause::Passing);
    EXPECT_EQ(cause("/vsis3/a/b.tif: HTTP error code : 404"), Cause::Tile);
    EXPECT_EQ(cause("/vsizip/a.zip/b.tif: TIFFFillStrip:Read error at scanline 304"), Cause::Tile);
}

TEST(Failure, IsJudgedByWhatItCarriesNotByItsWords)
{
    EXPECT_EQ(cause_of(TileError("b.tif", "is no tile of HTTP 503, connection reset")), Cause::Tile);
    EXPECT_EQ(cause_of(TileError("/vsis3/a/b.tif", "is cut short")), Cause::Passing);
    TileError busy("b.tif", "cannot read");
    busy.set_kind(ErrorKind::Passing, 503);
    EXPECT_EQ(cause_of(busy), Cause::Passing);
    TileError absent("/vsis3/a/b.tif", "is not there");
    absent.set_kind(ErrorKind::Absent, 404);
    EXPECT_EQ(cause_of(absent), Cause::Tile);
    TileError refused("b.tif", "cannot read");
    refused.set_kind(ErrorKind::Refused);
    EXPECT_EQ(cause_of(refused), Cause::Run);
}

TEST(Failure, WhatIsWrongWithTheTileIsFinal)
{
    EXPECT_EQ(cause("b.tif: ZIPDecode: incorrect data check"), Cause::Tile);
    EXPECT_EQ(cause("b.tif: HTTP error code : 404"), Cause::Tile);
    EXPECT_EQ(cause("/data/http503/5030.tif: TIFFFillTile: Read error at row 512"), Cause::Tile);
    EXPECT_EQ(cause_of(std::runtime_error("connection reset")), Cause::Tile);
}

TEST(Failure, AStoreThatRefusesAndCredentialsThatDoNotDoAreOfTheRun)
{
    EXPECT_EQ(cause_of(StoreError("out/1/2/3.tif: cannot write: No space left on device")), Cause::Run);
    EXPECT_EQ(cause("/vsicurl/http://a/b.tif: HTTP error code : 403"), Cause::Run);
    EXPECT_EQ(cause("/vsicurl/http://a/b.tif: HTTP error code : 401"), Cause::Run);
}

TEST(Failure, HasAWordForReports)
{
    EXPECT_EQ(cause_name(std::bad_alloc()), "memory");
    EXPECT_EQ(cause_name(store::gdal_failure("", "HTTP 502")), "network");
    EXPECT_EQ(cause_name(TileError("torn")), "tile");
}

TEST(Failure, WaitsLongerBeforeEachAttempt)
{
    for (int attempts = 1; attempts < kMostAttempts; ++attempts)
    {
        const double least = 0.5 * (1 << (attempts - 1));
        const double seconds = seconds_before_attempt(attempts);
        EXPECT_GE(seconds, least);
        EXPECT_LE(seconds, 1.5 * least);
    }
}

} // namespace
} // namespace tiledir::engine
