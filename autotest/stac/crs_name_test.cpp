#include "stac/crs_name.h"

#include "stac/tile_matrix_set.h"

#include <gtest/gtest.h>

namespace tiledir::stac
{

TEST(CrsName, IsTheSameForEverySpelling)
{
    for (const char *spelling :
         {"EPSG:4326", "epsg:4326", "urn:ogc:def:crs:EPSG::4326", "urn:ogc:def:crs:EPSG:9.9:4326", "[EPSG:4326]",
          "http://www.opengis.net/def/crs/EPSG/0/4326", "https://www.opengis.net/def/crs/EPSG/0/4326"})
    {
        EXPECT_EQ(crs_name(spelling), "EPSG:4326") << spelling;
    }
    for (const char *spelling :
         {"OGC:CRS84", "CRS84", "urn:ogc:def:crs:OGC:1.3:CRS84", "http://www.opengis.net/def/crs/OGC/1.3/CRS84"})
    {
        EXPECT_EQ(crs_name(spelling), "OGC:CRS84") << spelling;
    }
}

TEST(CrsName, LeavesOtherTextsAlone)
{
    for (const char *text :
         {"", "/data/epsg/4326", "WGS84", "+proj=utm +zone=31", "PROJCS[\"a\",AUTHORITY[\"EPSG\",1]]"})
    {
        EXPECT_EQ(crs_name(text), text);
    }
}

TEST(GeographicCrs, IsKnownFromCodeOrText)
{
    EXPECT_TRUE(is_geographic_crs("http://www.opengis.net/def/crs/OGC/1.3/CRS84"));
    EXPECT_TRUE(is_geographic_crs("EPSG:4258"));
    EXPECT_TRUE(is_geographic_crs("GEOGCRS[\"WGS 84\",ENSEMBLE[]]"));
    EXPECT_TRUE(is_geographic_crs(R"({"type":"GeographicCRS","name":"WGS 84"})"));
    EXPECT_FALSE(is_geographic_crs(R"({"type":"ProjectedCRS","base_crs":{"type":"GeographicCRS"}})"));
    EXPECT_FALSE(is_geographic_crs("EPSG:3857"));
}

TEST(NorthingFirst, IsKnownForCommonGeographicCodesAlone)
{
    EXPECT_TRUE(northing_first_of_common_crs("http://www.opengis.net/def/crs/EPSG/0/4326"));
    EXPECT_TRUE(northing_first_of_common_crs("EPSG:4269"));
    EXPECT_FALSE(northing_first_of_common_crs("http://www.opengis.net/def/crs/OGC/1.3/CRS84"));
    EXPECT_FALSE(northing_first_of_common_crs("EPSG:3857"));
    EXPECT_FALSE(northing_first_of_common_crs("GEOGCRS[\"WGS 84\"]"));
}

} // namespace tiledir::stac
