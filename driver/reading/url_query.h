// Queries of URLs, in which servers take signatures and tokens.
#pragma once

#include <string>

namespace tiledir::driver
{

/// A name that GDAL opens over HTTP as /vsicurl/URL: /vsicurl?url=... as well, without a fragment, and with a query in
/// which no character is one of paths or templates. Other names stay as they are. Throws InputError where /vsicurl?
/// has options that only GDAL's own requests would follow.
std::string with_plain_query(const std::string &name);

/// Of a path /vsicurl/URL, from the question mark on; empty where there is none, and for other paths.
std::string query_of(const std::string &path);
std::string without_query(const std::string &path);

/// What an item's query is for what its relative hrefs lead to: the same, for a token or a signature of a folder counts
/// there, too; nothing where it signs the item alone, as S3's, Google's and Azure's for a blob do.
std::string query_of_neighbours(const std::string &query);

} // namespace tiledir::driver
