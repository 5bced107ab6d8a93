#include "driver/store/gdal_errors.h"

#include <gtest/gtest.h>

namespace tiledir::store
{
namespace
{

TEST(GdalFailure, HasTheHttpStatusThatGdalsWordsTell)
{
    EXPECT_EQ(gdal_failure("b.tif", "HTTP error code : 503").http_status(), 503);
    EXPECT_EQ(gdal_failure("b.tif", "HTTP response code on http://a/b.tif: 403").http_status(), 403);
    EXPECT_EQ(gdal_failure("b.tif", "TIFFFillTile: Read error at row 503").http_status(), 0);
    EXPECT_EQ(gdal_failure("/data/http503/b.tif", "is cut short").http_status(), 0);
}

TEST(GdalFailure, HasTheKindOfTheStatus)
{
    EXPECT_EQ(gdal_failure("b.tif", "HTTP 401").kind(), ErrorKind::Refused);
    EXPECT_EQ(gdal_failure("b.tif", "HTTP 404").kind(), ErrorKind::Absent);
    EXPECT_EQ(gdal_failure("b.tif", "HTTP 429").kind(), ErrorKind::Passing);
    EXPECT_EQ(gdal_failure("b.tif", "HTTP 500").kind(), ErrorKind::Passing);
    EXPECT_EQ(gdal_failure("b.tif", "HTTP 507").kind(), ErrorKind::Full);
    EXPECT_EQ(gdal_failure("b.tif", "HTTP 400").kind(), ErrorKind::Other);
}

TEST(GdalFailure, MayPassWhereLibcurlGaveUpOrAPathIsOverANetwork)
{
    EXPECT_EQ(gdal_failure("b.tif", "CURL error: Recv failure").kind(), ErrorKind::Passing);
    EXPECT_EQ(gdal_failure("", "/vsis3/a/b.tif: TIFFFillStrip:Read error").kind(), ErrorKind::Passing);
    EXPECT_EQ(gdal_failure("", "/vsizip/a.zip/b.tif: TIFFFillStrip:Read error").kind(), ErrorKind::Other);
    EXPECT_EQ(gdal_failure("", "/vsis3/a/b.tif: HTTP error code : 404").kind(), ErrorKind::Absent);
}

} // namespace
} // namespace tiledir::store
