#include "stac/grid/crs_name.h"

#include "stac/grid/tile_matrix_set.h"

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

TEST(CrsName, TellsWhichTextsWouldMakeProjOpenFiles)
{
    for (const char *bad :
         {"+proj=longlat +nadgrids=/etc/passwd", "+init=/tmp/defs:1", "+ init = ../x:1",
          "PROJCS[\"x\",EXTENSION[\"PROJ4\",\"+proj=merc +nadgrids=@/etc/passwd +wktext\"]]",
          "BOUNDCRS[SOURCECRS[],ABRIDGEDTRANSFORMATION[METHOD[\"NTv2\"],PARAMETERFILE[\"file\", \"/etc/passwd\"]]]",
          R"({"type": "BoundCRS", "transformation": {"parameters": [{"name": "file", "value": "C:\\x"}]}})"})
    {
        EXPECT_TRUE(names_a_file(bad)) << bad;
    }
    for (const char *good :
         {"EPSG:3857", "http://www.opengis.net/def/crs/EPSG/0/3857", "+proj=merc +nadgrids=@null",
          "PROJCS[\"a / b\",EXTENSION[\"PROJ4\",\"+proj=merc +nadgrids=@null\"],AUTHORITY[\"EPSG\",\"3857\"]]",
          R"({"type":"ProjectedCRS","name":"WGS 84 / UTM zone 33N","conversion":{"parameters":[{"value":0.9996}]}})"})
    {
        EXPECT_FALSE(names_a_file(good)) << good;
    }
}

TEST(NorthingFirst, IsKnownForCommonGeographicCodesAlone)
{
    EXPECT_TRUE(facts_of_common_crs("http://www.opengis.net/def/crs/EPSG/0/4326").northing_first);
    EXPECT_TRUE(facts_of_common_crs("EPSG:4269").northing_first);
    EXPECT_FALSE(facts_of_common_crs("http://www.opengis.net/def/crs/OGC/1.3/CRS84").northing_first);
    EXPECT_FALSE(facts_of_common_crs("EPSG:3857").northing_first);
    EXPECT_FALSE(facts_of_common_crs("GEOGCRS[\"WGS 84\"]").northing_first);
}

} // namespace tiledir::stac
