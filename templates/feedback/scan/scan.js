(function(){var number=document.querySelector("[data-until]"),old=document.getElementById("old"),anyway=false;
function look(){var late=!anyway&&Date.now()>number.dataset.until;number.hidden=late;old.hidden=!late}
if(!number)return;
document.getElementById("anyway").onclick=function(){anyway=true;look()};
addEventListener("pageshow",look);setInterval(look,15000);look()})()
