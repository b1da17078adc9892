/** Swagger UI's page at `/swagger/index.html`; every address in it is relative, so that it works behind a proxy too. */
export const swaggerPage = (title: string) => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>${title}</title>
    <link rel="stylesheet" href="./static/swagger-ui.css" />
    <link rel="icon" type="image/png" href="./static/favicon-32x32.png" />
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="./static/swagger-ui-bundle.js"></script>
    <script src="./index.js"></script>
  </body>
</html>
`;

/** A token is often copied together with the word in front of it, which Swagger UI puts there itself. */
export const swaggerScript = `SwaggerUIBundle({
  url: './json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  requestInterceptor: (request) => {
    const { Authorization: sent } = request.headers;
    if (sent) request.headers.Authorization = sent.replace(/^Bearer\\s+Bearer\\s+/i, 'Bearer ').trim();
    return request;
  },
});
`;
